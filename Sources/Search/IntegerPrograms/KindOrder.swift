/// Which kinds of options cover which: a level is the kind that covers the kinds chosen in the groups that are followed.
public struct KindOrder: Hashable, Sendable {
  /// By kind, which kinds it covers; nil where each covers those up to it.
  private let covered: [Set<Int>]?
  /// Covers all.
  let top: Int

  /// Each kind covers those up to it, so that a level is the largest.
  public static let ascending = KindOrder(covered: nil, top: .max)

  /// - Parameters:
  ///   - covered: By kind, the kinds that it covers, itself included.
  ///   - top: The level where no chosen kind covers the others.
  /// - Precondition: `top` is one of the kinds and covers all.
  public init(covered: [Set<Int>], top: Int) {
    precondition(covered.indices.contains(top) && covered[top] == Set(covered.indices))
    self.init(covered: .some(covered), top: top)
  }

  private init(covered: [Set<Int>]?, top: Int) {
    self.covered = covered
    self.top = top
  }

  var isAscending: Bool { covered == nil }

  func covers(_ kind: Int, _ other: Int) -> Bool {
    guard let covered else { return kind >= other }
    return covered.indices.contains(kind) && covered[kind].contains(other)
  }

  /// The level of chosen kinds; nil of none.
  func level(of kinds: [Int]) -> Int? {
    guard !kinds.isEmpty else { return nil }
    return kinds.first { kind in kinds.allSatisfy { covers(kind, $0) } } ?? top
  }
}
