import Core

/// The columns of one evaluate with a margin of known bits around each.
struct Batch {
  static let margin = 64
  private static let statusMark: UInt32 = 0x5A5A_5A5A
  private static let cellMark = Double(bitPattern: 0x7FF8_5A5A_5A5A_5A5A)

  var code: Int32 = 0
  var text = ""
  private let metrics: [Metric]
  private let count: Int
  private var paddedStatus: [UInt32]
  private var paddedCells: [[Double]]

  init(metrics: [Metric], count: Int) {
    self.metrics = metrics
    self.count = count
    let status = Array(repeating: Self.statusMark, count: Self.margin)
    self.status = Array(repeating: .max, count: count)
    paddedStatus = status + self.status + status
    let cells = Array(repeating: Self.cellMark, count: Self.margin)
    paddedCells = metrics.map { _ in cells + Array(repeating: .nan, count: count) + cells }
  }

  /// One for each point, as the plugin left it.
  private(set) var status: [UInt32]

  func cell(_ metric: Metric, _ index: Int) -> Double {
    guard let position = metrics.firstIndex(of: metric) else { return .nan }
    return paddedCells[position][Self.margin + index]
  }

  /// The column that was written outside of its points; nil when none was.
  var overrun: String? {
    func isIntact<Cell>(_ column: [Cell], _ isMark: (Cell) -> Bool) -> Bool {
      column.prefix(Self.margin).allSatisfy(isMark) && column.suffix(Self.margin).allSatisfy(isMark)
    }
    if !isIntact(paddedStatus, { $0 == Self.statusMark }) { return "status" }
    return zip(metrics, paddedCells).first { !isIntact($1) { $0.bitPattern == Self.cellMark.bitPattern } }?.0
      .rawValue
  }

  /// The first cells of the columns; the pointers are valid during `body`.
  mutating func withPointers(
    _ body: (UnsafeMutablePointer<UInt32>, [UnsafeMutablePointer<Double>]) -> Void
  ) {
    // One allocation for all columns: pointers into several arrays cannot be held at once.
    let length = 2 * Self.margin + count
    let cells = UnsafeMutablePointer<Double>.allocate(capacity: max(1, metrics.count) * length)
    defer { cells.deallocate() }
    for (position, column) in paddedCells.enumerated() {
      (cells + position * length).initialize(from: column, count: length)
    }
    paddedStatus.withUnsafeMutableBufferPointer { status in
      body(status.baseAddress! + Self.margin, metrics.indices.map { cells + $0 * length + Self.margin })
    }
    status = Array(paddedStatus[Self.margin..<Self.margin + count])
    for position in metrics.indices {
      paddedCells[position] = Array(UnsafeBufferPointer(start: cells + position * length, count: length))
    }
  }
}
