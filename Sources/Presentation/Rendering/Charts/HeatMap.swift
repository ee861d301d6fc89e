import Core
import Foundation

/// Signed relative errors as colors: blue is too low, red is too high, pale is right.
public struct HeatMap: Sendable {
  public var rows: [String]
  public var columns: [String]
  /// `[row][column]`, as a share; nil where nothing was compared.
  public var errors: [[Double?]]

  public init(rows: [String], columns: [String], errors: [[Double?]]) {
    self.rows = rows
    self.columns = columns
    self.errors = errors
  }

  /// Errors of this size and more have the full color.
  private var limit: Double { max(0.01, errors.joined().compactMap { $0.map(abs) }.max() ?? 0) }

  /// The `<svg>` element.
  public var svg: String {
    let cell = (width: max(9.0, min(28, 620 / Double(max(columns.count, 1)))), height: 15.0)
    let left = 24 + 6.6 * Double(rows.map(\.count).max() ?? 0)
    let top = 66.0
    var drawing = SVG(
      width: left + cell.width * Double(columns.count) + 24,
      height: top + cell.height * Double(rows.count) + 16)
    for (column, title) in columns.enumerated() where column.isMultiple(of: columns.count > 24 ? 8 : 1) {
      drawing.text(title, x: left + cell.width * Double(column), y: top - 8)
    }
    let limit = limit
    for (row, title) in rows.enumerated() {
      let y = top + cell.height * Double(row)
      drawing.text(title, x: left - 8, y: y + 11, anchor: "end")
      for (column, name) in columns.enumerated() {
        let error = errors[row][column]
        let label = error.map { Quantity.signedPercent($0) } ?? "not compared"
        drawing.rectangle(
          x: left + cell.width * Double(column), y: y, width: cell.width - 1, height: cell.height - 1,
          style: error == nil ? "absent" : "cell", fill: error.map { Self.color($0 / limit) },
          title: "\(title), \(name): \(label)")
      }
    }
    let steps = 11
    for step in 0..<steps {
      drawing.rectangle(
        x: left + Double(step) * 14, y: 14, width: 14, height: 10, style: "cell",
        fill: Self.color(Double(step) / Double(steps - 1) * 2 - 1))
    }
    drawing.text("\(Quantity.signedPercent(-limit)) (too low)", x: left, y: 38)
    drawing.text(
      "\(Quantity.signedPercent(limit)) (too high)", x: left + 14 * Double(steps) + 8, y: 23)
    return drawing.element(label: "Relative error of every layer at every precision")
  }

  /// -1 is blue, 0 is pale grey, 1 is red; between them a straight line in RGB.
  private static func color(_ value: Double) -> String {
    let pale = (r: 226.0, g: 226.0, b: 222.0)
    let full = value < 0 ? (r: 33.0, g: 102.0, b: 172.0) : (r: 178.0, g: 24.0, b: 43.0)
    let share = min(1, abs(value))
    func mix(_ a: Double, _ b: Double) -> Int { Int((a + (b - a) * share).rounded()) }
    return String(
      format: "#%02x%02x%02x", mix(pale.r, full.r), mix(pale.g, full.g), mix(pale.b, full.b))
  }
}
