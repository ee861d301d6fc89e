import Foundation

/// A drawing as SVG text; coordinates in pixels, from the top left.
struct SVG {
  let width: Double
  let height: Double
  private var elements: [String] = []

  init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  mutating func line(_ from: (x: Double, y: Double), _ to: (x: Double, y: Double), style: String) {
    elements.append(
      "<line\(Self.look(style)) x1=\"\(Self.number(from.x))\" y1=\"\(Self.number(from.y))\" "
        + "x2=\"\(Self.number(to.x))\" y2=\"\(Self.number(to.y))\"/>")
  }

  mutating func rectangle(
    x: Double, y: Double, width: Double, height: Double, style: String, fill: String? = nil,
    title: String? = nil
  ) {
    let color = fill.map { " fill=\"\($0)\"" } ?? ""
    elements.append(
      "<rect\(Self.look(style))\(color) x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" "
        + "width=\"\(Self.number(width))\" height=\"\(Self.number(height))\">\(Self.tooltip(title))</rect>")
  }

  /// `policy` is the number of the policy that the mark shows, which readers of a page can choose.
  mutating func mark(
    _ shape: Mark, x: Double, y: Double, style: String, title: String, policy: Int? = nil
  ) {
    let policy = policy.map { " data-policy=\"\($0)\"" } ?? ""
    elements.append(
      "<path\(Self.look(style))\(policy) d=\"\(shape.path(x, y))\">\(Self.tooltip(title))</path>")
  }

  /// `anchor` is start, middle or end.
  mutating func text(_ text: String, x: Double, y: Double, anchor: String = "start", style: String = "label")
  {
    elements.append(
      "<text\(Self.look(style)) x=\"\(Self.number(x))\" "
        + "y=\"\(Self.number(y))\" text-anchor=\"\(anchor)\">\(HTMLPage.escaped(text))</text>")
  }

  /// Turned by 90 degrees, to be read from the right.
  mutating func upwardText(_ text: String, x: Double, y: Double) {
    elements.append(
      "<text\(Self.look("label")) text-anchor=\"middle\" transform=\"translate(\(Self.number(x)) \(Self.number(y))) "
        + "rotate(-90)\">\(HTMLPage.escaped(text))</text>")
  }

  /// The `<svg>` element, to embed in a page; `label` is what a screen reader says.
  func element(label: String) -> String { element(label: label, style: "") }

  /// The element with its own style, complete as a file.
  func file(label: String) -> String {
    element(label: label, style: "<style>\(ChartStyle.css)</style>\n") + "\n"
  }

  private func element(label: String, style: String) -> String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.number(width)) \(Self.number(height))" \
    font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="\(HTMLPage.escaped(label))">
    \(style)\(elements.joined(separator: "\n"))
    </svg>
    """
  }

  /// The classes, for style sheets, and what they mean, for viewers without.
  private static func look(_ style: String) -> String {
    " class=\"\(style)\"\(ChartStyle.attributes(style))"
  }

  private static func tooltip(_ title: String?) -> String {
    title.map { "<title>\(HTMLPage.escaped($0))</title>" } ?? ""
  }

  static func number(_ value: Double) -> String { String(format: "%.1f", value) }

  /// How points of one group look; groups differ in shape too, not in color alone.
  enum Mark: CaseIterable {
    case circle
    case square
    case triangle
    case diamond

    func path(_ x: Double, _ y: Double) -> String {
      let (x, y) = (number(x), number(y))
      return switch self {
      case .circle: "M\(x) \(y)m-3 0a3 3 0 1 0 6 0a3 3 0 1 0 -6 0z"
      case .square: "M\(x) \(y)m-2.8 -2.8h5.6v5.6h-5.6z"
      case .triangle: "M\(x) \(y)m0 -3.6l3.6 6.4h-7.2z"
      case .diamond: "M\(x) \(y)m0 -4l4 4l-4 4l-4 -4z"
      }
    }
  }
}
