/// Predicted against measured costs, both axes in decades; points on the diagonal are right.
public struct ScatterChart: Sendable {
  /// One point.
  public struct Entry: Sendable {
    public var measured: Double
    public var predicted: Double
    /// Points of one group look alike.
    public var group: String
    public var title: String

    public init(measured: Double, predicted: Double, group: String, title: String) {
      self.measured = measured
      self.predicted = predicted
      self.group = group
      self.title = title
    }
  }

  public var entries: [Entry]
  /// How a value is written at an axis.
  public var format: @Sendable (Double) -> String

  public init(_ entries: [Entry], format: @escaping @Sendable (Double) -> String) {
    self.entries = entries
    self.format = format
  }

  /// The `<svg>` element.
  public var svg: String {
    var drawing = SVG(width: 640, height: 520)
    let (left, right, top, bottom) = (84.0, 624.0, 36.0, 460.0)
    let values = entries.flatMap { [$0.measured, $0.predicted] }
    let x = LogScale(values, from: left, to: right)
    let y = LogScale(values, from: bottom, to: top)
    for tick in x.ticks {
      drawing.line((x(tick), top), (x(tick), bottom), style: "grid")
      drawing.text(format(tick), x: x(tick), y: bottom + 18, anchor: "middle")
      drawing.line((left, y(tick)), (right, y(tick)), style: "grid")
      drawing.text(format(tick), x: left - 8, y: y(tick) + 4, anchor: "end")
    }
    let (low, high) = (x.range.lowerBound, x.range.upperBound)
    for factor in [0.9, 1.1] {
      let from = max(low, low / factor)
      let to = min(high, high / factor)
      drawing.line((x(from), y(from * factor)), (x(to), y(to * factor)), style: "band")
    }
    drawing.line((x(low), y(low)), (x(high), y(high)), style: "diagonal")
    let groups = entries.reduce(into: [String]()) { if !$0.contains($1.group) { $0.append($1.group) } }
    for entry in entries {
      let group = groups.firstIndex(of: entry.group) ?? 0
      drawing.mark(
        SVG.Mark.allCases[group % 4], x: x(entry.measured), y: y(entry.predicted),
        style: "point series-\(group % 4)", title: entry.title)
    }
    var place = left
    for (index, group) in groups.enumerated() {
      drawing.mark(
        SVG.Mark.allCases[index % 4], x: place + 4, y: 18, style: "point series-\(index % 4)", title: group)
      drawing.text(group, x: place + 14, y: 22)
      place += 40 + 7 * Double(group.count)
    }
    drawing.text("measured", x: (left + right) / 2, y: bottom + 44, anchor: "middle")
    drawing.upwardText("predicted", x: 16, y: (top + bottom) / 2)
    return drawing.element(label: "Predicted against measured costs of \(entries.count) points")
  }
}
