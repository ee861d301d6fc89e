import Networks

/// The memory that the numbers of one file may take while it is read, and the work that may be spent on them.
///
/// Room is taken before numbers are made, and is given back when nothing holds them any more.
final class ReadingBudget {
  /// Bytes of numbers that may be held at one time.
  let limit: Int
  private var live = 0
  /// Numbers that may be read or made in all: time is bounded too, since room comes back.
  private let allWork: Int
  private var work = 0

  /// - Parameter limit: In bytes. As many numbers of four bytes may be used sixteen times.
  init(limit: Int) {
    self.limit = limit
    let (work, overflow) = limit.multipliedReportingOverflow(by: 4)
    allWork = overflow ? .max : work
  }

  /// Room for elements of one type.
  ///
  /// Throws `ONNXError.Problem` where there is too little.
  func room<Element>(for extents: [Int], of type: Element.Type) throws -> Room {
    var count = 1
    for extent in extents {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow else { throw tooLarge }
      count = product
    }
    return try room(for: count, of: type)
  }

  /// Room for `count` elements.
  func room<Element>(for count: Int, of: Element.Type) throws -> Room {
    let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    guard !overflow, bytes <= limit - live else { throw tooLarge }
    try spend(count)
    live += bytes
    return Room(bytes, of: self)
  }

  /// Counts numbers that are read, or steps of a computation.
  func spend(_ numbers: Int) throws {
    guard affords(numbers) else {
      throw ONNXError.Problem.tooMuchWork(limit: allWork)
    }
    work += numbers
  }

  /// Whether this number of steps may still be spent.
  func affords(_ numbers: Int) -> Bool { numbers <= allWork - work }

  private var tooLarge: ONNXError.Problem {
    .tooMuchMemory(limit: limit)
  }

  /// Memory of some numbers; whatever holds the numbers holds this.
  final class Room {
    private let bytes: Int
    let budget: ReadingBudget

    fileprivate init(_ bytes: Int, of budget: ReadingBudget) {
      (self.bytes, self.budget) = (bytes, budget)
    }

    deinit { budget.live -= bytes }
  }
}
