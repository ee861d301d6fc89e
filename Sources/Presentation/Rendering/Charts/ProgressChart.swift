import Core

/// What a search measured, policy by policy: accuracy above, cost below, on one axis of policies.
///
/// Of a crowd of policies, those that were the best so far, the extremes and some of the others are drawn.
public struct ProgressChart: Sendable {
  /// One policy, in the order of measuring.
  public struct Entry: Sendable {
    /// A share in 0...1; nil for a policy that could not be measured.
    public var accuracy: Double?
    public var cost: Double
    /// Whether it was the best so far.
    public var isBest: Bool
    public var title: String
    /// Its number from 1, where it has one.
    public var policy: Int?

    public init(accuracy: Double?, cost: Double, isBest: Bool, title: String, policy: Int? = nil) {
      self.accuracy = accuracy
      self.cost = cost
      self.isBest = isBest
      self.title = title
      self.policy = policy
    }
  }

  public var title: String
  public var entries: [Entry]
  public var costTitle: String
  /// What the accuracies are, with how many samples they are of.
  public var accuracyTitle: String
  /// The limit on the cost, where there is one.
  public var limit: Double?
  /// How a cost is written at the axis.
  public var format: @Sendable (Double) -> String

  public init(
    title: String, entries: [Entry], costTitle: String, accuracyTitle: String, limit: Double?,
    format: @escaping @Sendable (Double) -> String
  ) {
    self.title = title
    self.entries = entries
    self.costTitle = costTitle
    self.accuracyTitle = accuracyTitle
    self.limit = limit
    self.format = format
  }

  private static let (left, right, width) = (84.0, 700.0, 790.0)
  private static let (top, height, gap) = (64.0, 170.0, 44.0)

  /// The `<svg>` element.
  public var svg: String { drawing.element(label: title) }

  private var drawing: SVG {
    let (left, right, top) = (Self.left, Self.right, Self.top)
    let middle = top + Self.height
    let (second, bottom) = (middle + Self.gap, middle + Self.gap + Self.height)
    var drawing = SVG(width: Self.width, height: bottom + 48)
    drawing.text(title, x: left, y: 24, style: "title")
    let x = LinearScale([1, Double(max(entries.count, 2))], from: left, to: right)
    let accuracy = LinearScale(entries.compactMap { $0.accuracy.map { $0 * 100 } }, from: middle, to: top)
    let cost = LinearScale(entries.map(\.cost) + (limit.map { [$0] } ?? []) + [0], from: bottom, to: second)
    for tick in accuracy.ticks {
      drawing.line((left, accuracy(tick)), (right, accuracy(tick)), style: "grid")
      drawing.text(Quantity.plain(tick) + " %", x: left - 8, y: accuracy(tick) + 4, anchor: "end")
    }
    for tick in cost.ticks {
      drawing.line((left, cost(tick)), (right, cost(tick)), style: "grid")
      drawing.text(tick == 0 ? "0" : format(tick), x: left - 8, y: cost(tick) + 4, anchor: "end")
    }
    for tick in x.ticks where tick >= 1 {
      drawing.text(Quantity.plain(tick), x: x(tick), y: bottom + 18, anchor: "middle")
    }
    if let limit {
      drawing.line((left, cost(limit)), (right, cost(limit)), style: "band")
      drawing.text("limit", x: right + 6, y: cost(limit) + 4)
    }
    let places = entries.indices.map { x(Double($0 + 1)) }
    let measured = entries.indices.filter { entries[$0].accuracy != nil }
    let isAccuracyShown = shown(
      measured.map { (places[$0], accuracy((entries[$0].accuracy ?? 0) * 100)) }, of: measured)
    let isCostShown = shown(
      entries.indices.map { (places[$0], cost(entries[$0].cost)) }, of: Array(entries.indices))
    for (index, entry) in entries.enumerated() {
      let style = entry.isBest ? "point series-1" : "point series-0 dominated"
      let mark = entry.isBest ? SVG.Mark.diamond : .circle
      if let share = entry.accuracy, isAccuracyShown[index] {
        drawing.mark(
          mark, x: places[index], y: accuracy(share * 100), style: style, title: entry.title,
          policy: entry.policy)
      }
      if isCostShown[index] {
        drawing.mark(
          mark, x: places[index], y: cost(entry.cost), style: style, title: entry.title, policy: entry.policy)
      }
    }
    best(&drawing, isAccuracyShown, x: x, y: accuracy)
    drawing.mark(.diamond, x: left + 4, y: 44, style: "point series-1", title: "best so far")
    drawing.text("the best so far", x: left + 14, y: 48)
    drawing.mark(.circle, x: left + 134, y: 44, style: "point series-0 dominated", title: "other")
    drawing.text("other policies", x: left + 144, y: 48)
    drawing.text("policy, in the order of measuring", x: (left + right) / 2, y: bottom + 40, anchor: "middle")
    drawing.upwardText(accuracyTitle, x: 18, y: (top + middle) / 2)
    drawing.upwardText(costTitle, x: 18, y: (second + bottom) / 2)
    return drawing
  }

  /// Whether each entry has a mark in a panel.
  ///
  /// - Parameters:
  ///   - marks: Of the entries that can have one, in pixels.
  ///   - indices: Of these entries.
  private func shown(_ marks: [(x: Double, y: Double)], of indices: [Int]) -> [Bool] {
    let isShown = Thinning.shown(
      marks, keeping: indices.map { entries[$0].isBest }, atMost: Self.mostMarks)
    var all = entries.map { _ in false }
    for (index, isShown) in zip(indices, isShown) { all[index] = isShown }
    return all
  }

  /// Of a panel that is a crowd, see `Thinning`.
  private static let mostMarks = 400

  /// The best accuracy so far, as steps.
  private func best(_ drawing: inout SVG, _ isShown: [Bool], x: LinearScale, y: LinearScale) {
    let leaders = entries.enumerated().compactMap { index, entry in
      entry.isBest && isShown[index]
        ? entry.accuracy.map { (x: x(Double(index + 1)), y: y($0 * 100), accuracy: $0) } : nil
    }
    for (one, next) in zip(leaders, leaders.dropFirst()) {
      let corner = (next.x, one.y)
      drawing.line((one.x, one.y), corner, style: "roof series-1")
      drawing.line(corner, (next.x, next.y), style: "roof series-1")
    }
    guard let last = leaders.last else { return }
    let height = last.y
    drawing.line((last.x, height), (Self.right, height), style: "roof series-1")
    drawing.text(Quantity.percent(last.accuracy), x: Self.right + 6, y: height + 4)
  }
}
