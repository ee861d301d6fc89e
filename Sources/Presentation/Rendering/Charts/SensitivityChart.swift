import Foundation

/// How much each layer suffers at each width, as colors on a logarithmic scale.
public struct SensitivityChart: Sendable {
  /// A run of columns that belong together, such as the widths of weights.
  public struct Block: Sendable {
    public var title: String
    public var columns: [String]
    /// `[row][column]`, above 0 or nil where nothing was measured; 0 is drawn as the least.
    public var values: [[Double?]]

    public init(title: String, columns: [String], values: [[Double?]]) {
      self.title = title
      self.columns = columns
      self.values = values
    }
  }

  public var title: String
  public var rows: [String]
  public var blocks: [Block]
  /// What the values are, with their unit.
  public var valueTitle: String

  public init(title: String, rows: [String], blocks: [Block], valueTitle: String) {
    self.title = title
    self.rows = rows
    self.blocks = blocks
    self.valueTitle = valueTitle
  }

  /// The smallest value with a separate color: decades below share one.
  private static let decades = 5.0
  private static let cell = (width: 34.0, height: 16.0)

  /// The `<svg>` element.
  public var svg: String { drawing.element(label: title) }

  /// A file that is complete, for light and dark viewers.
  public var file: String { drawing.file(label: title) }

  private var drawing: SVG {
    let left = 24 + 6.8 * Double(rows.map(\.count).max() ?? 0)
    let (top, gap) = (104.0, 18.0)
    let columns = blocks.reduce(0) { $0 + $1.columns.count }
    let width = max(460, left + Self.cell.width * Double(columns) + gap * Double(blocks.count))
    let height = top + Self.cell.height * Double(rows.count) + 20
    let most = blocks.flatMap { $0.values.joined() }.compactMap(\.self).max() ?? 1
    var drawing = SVG(width: width, height: height)
    drawing.rectangle(x: 0, y: 0, width: width, height: height, style: "paper")
    drawing.text(title, x: 16, y: 24, style: "title")
    legend(&drawing, most: most)
    for (row, name) in rows.enumerated() {
      drawing.text(name, x: left - 8, y: top + Self.cell.height * Double(row) + 12, anchor: "end")
    }
    var place = left
    for block in blocks {
      drawing.text(block.title, x: place, y: top - 24)
      for (column, name) in block.columns.enumerated() {
        let x = place + Self.cell.width * Double(column)
        drawing.text(name, x: x + Self.cell.width / 2, y: top - 7, anchor: "middle")
        for (row, values) in block.values.enumerated() {
          let value = values[column]
          drawing.rectangle(
            x: x, y: top + Self.cell.height * Double(row), width: Self.cell.width - 1,
            height: Self.cell.height - 1, style: value == nil ? "absent" : "cell",
            fill: value.map { Self.color(Self.share($0, of: most)) },
            title: "\(rows[row]), \(block.title) \(name): "
              + (value.map { String(format: "%.3g", $0) } ?? "not measured"))
        }
      }
      place += Self.cell.width * Double(block.columns.count) + gap
    }
    return drawing
  }

  private func legend(_ drawing: inout SVG, most: Double) {
    let steps = 11
    for step in 0..<steps {
      drawing.rectangle(
        x: 16 + Double(step) * 14, y: 36, width: 14, height: 10, style: "cell",
        fill: Self.color(Double(step) / Double(steps - 1)))
    }
    let least = most / pow(10, Self.decades)
    drawing.text(
      String(format: "%.2g or less to %.2g: %@", least, most, valueTitle), x: 24 + 14 * Double(steps), y: 45)
  }

  /// 0 for the least and everything below, 1 for the most.
  private static func share(_ value: Double, of most: Double) -> Double {
    guard value > 0, most > 0 else { return 0 }
    return min(1, max(0, 1 + log10(value / most) / decades))
  }

  /// From pale grey over orange to dark red, each half a straight line in RGB.
  private static func color(_ share: Double) -> String {
    let stops = [(236.0, 236.0, 230.0), (240.0, 156.0, 74.0), (122.0, 16.0, 30.0)]
    let (from, to) = share < 0.5 ? (stops[0], stops[1]) : (stops[1], stops[2])
    let part = share < 0.5 ? share * 2 : share * 2 - 1
    func mix(_ a: Double, _ b: Double) -> Int { Int((a + (b - a) * part).rounded()) }
    return String(format: "#%02x%02x%02x", mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2))
  }
}
