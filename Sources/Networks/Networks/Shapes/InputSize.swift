/// The height and width that a network's images shall have.
public struct InputSize: Hashable, Sendable {
  public var height: Int
  public var width: Int

  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  /// Reads `224` or `224x160`; nil when the text is something else.
  public init?(_ text: String) {
    let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(sides.count), let height = sides[0], let width = sides[sides.count - 1],
      (1...Graph.largestExtent).contains(height), (1...Graph.largestExtent).contains(width)
    else { return nil }
    self.init(height: height, width: width)
  }
}
