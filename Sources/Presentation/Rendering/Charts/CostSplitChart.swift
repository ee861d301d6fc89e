/// What each layer costs under a policy, before the outline of what it costs at the reference, such as 8 bit.
public struct CostSplitChart: Sendable {
  /// One layer.
  public struct Entry: Sendable {
    public var name: String
    public var cost: Double
    /// At the reference; absent where the target cannot run that.
    public var referenceCost: Double?
    /// What bounds the latency, in words; layers with the same words look alike.
    public var bound: String?

    public init(name: String, cost: Double, referenceCost: Double?, bound: String?) {
      self.name = name
      self.cost = cost
      self.referenceCost = referenceCost
      self.bound = bound
    }
  }

  public var title: String
  public var entries: [Entry]
  public var costTitle: String
  /// Such as `8 bit`.
  public var referenceTitle: String
  /// How a cost is written.
  public var format: @Sendable (Double) -> String

  public init(
    title: String, entries: [Entry], costTitle: String, referenceTitle: String = "8 bit",
    format: @escaping @Sendable (Double) -> String
  ) {
    self.title = title
    self.entries = entries
    self.costTitle = costTitle
    self.referenceTitle = referenceTitle
    self.format = format
  }

  private static let (top, row) = (64.0, 17.0)

  /// The `<svg>` element.
  public var svg: String { drawing.element(label: title) }

  private var drawing: SVG {
    let left = 24 + 6.8 * Double(entries.map(\.name.count).max() ?? 0)
    let right = left + 480
    let bottom = Self.top + Self.row * Double(entries.count)
    var drawing = SVG(width: right + 90, height: bottom + 48)
    drawing.text(title, x: 16, y: 24, style: "title")
    let x = LinearScale([0] + entries.map { max($0.cost, $0.referenceCost ?? 0) }, from: left, to: right)
    let bounds = Set(entries.compactMap(\.bound)).sorted()
    legend(&drawing, bounds)
    for tick in x.ticks {
      drawing.line((x(tick), Self.top), (x(tick), bottom), style: "grid")
      drawing.text(tick == 0 ? "0" : format(tick), x: x(tick), y: bottom + 16, anchor: "middle")
    }
    for (index, entry) in entries.enumerated() {
      let y = Self.top + Self.row * Double(index)
      let style =
        entry.bound.flatMap(bounds.firstIndex(of:)).map { "point series-\($0 % 4)" } ?? "point series-3"
      let what = "\(entry.name): \(format(entry.cost))" + (entry.bound.map { ", bound by \($0)" } ?? "")
      drawing.text(entry.name, x: left - 8, y: y + 12, anchor: "end")
      drawing.rectangle(
        x: left, y: y + 2, width: x(entry.cost) - left, height: Self.row - 5, style: style, title: what)
      if let reference = entry.referenceCost {
        drawing.rectangle(
          x: left, y: y + 2, width: x(reference) - left, height: Self.row - 5, style: "outline",
          title: "\(entry.name) at \(referenceTitle): \(format(reference))")
      }
      drawing.text(format(entry.cost), x: max(x(entry.cost), x(entry.referenceCost ?? 0)) + 6, y: y + 12)
    }
    drawing.text(costTitle, x: (left + right) / 2, y: bottom + 38, anchor: "middle")
    return drawing
  }

  private func legend(_ drawing: inout SVG, _ bounds: [String]) {
    var place = 16.0
    for (index, bound) in bounds.enumerated() {
      drawing.rectangle(x: place, y: 38, width: 10, height: 10, style: "point series-\(index % 4)")
      drawing.text("bound by \(bound)", x: place + 16, y: 47)
      place += 90 + 7 * Double(bound.count)
    }
    drawing.rectangle(x: place, y: 38, width: 10, height: 10, style: "outline")
    drawing.text("at \(referenceTitle)", x: place + 16, y: 47)
  }
}
