import Core

/// Accuracy against cost: policies found by a search, and uniform ones, each with its best curve.
///
/// The accuracy axis is logarithmic in the error, so that tenths of a point near the top are seen. Of a crowd of points,
/// those on the curves, the extremes and some of the others are drawn.
public struct TradeOffChart: Sendable {
  /// One measured policy.
  public struct Entry: Sendable {
    public var cost: Double
    /// A share in 0...1.
    public var accuracy: Double
    /// Whether another point of its series costs no more and is no less accurate.
    public var isDominated: Bool
    public var title: String
    /// Its number from 1, where it has one.
    public var policy: Int?

    public init(cost: Double, accuracy: Double, isDominated: Bool, title: String, policy: Int? = nil) {
      self.cost = cost
      self.accuracy = accuracy
      self.isDominated = isDominated
      self.title = title
      self.policy = policy
    }
  }

  /// Points of one kind.
  public struct Series: Sendable {
    public var title: String
    public var entries: [Entry]

    public init(title: String, entries: [Entry]) {
      self.title = title
      self.entries = entries
    }
  }

  public var title: String
  public var series: [Series]
  public var costTitle: String
  /// What the accuracies are, with how many samples they are of.
  public var accuracyTitle: String
  /// Of the float baseline on the same samples as the policies, a share in 0...1; nil where it is not known, and then not drawn.
  public var reference: Double?
  /// How a cost is written at the axis.
  public var format: @Sendable (Double) -> String

  public init(
    title: String, series: [Series], costTitle: String, accuracyTitle: String, reference: Double?,
    format: @escaping @Sendable (Double) -> String
  ) {
    self.title = title
    self.series = series
    self.costTitle = costTitle
    self.accuracyTitle = accuracyTitle
    self.reference = reference
    self.format = format
  }

  /// The `<svg>` element.
  public var svg: String { drawing.element(label: title) }

  /// A file that is complete, for light and dark viewers.
  public var file: String { drawing.file(label: title) }

  private var drawing: SVG {
    var drawing = SVG(width: 790, height: 540)
    let (left, right, top, bottom) = (84.0, 740.0, 88.0, 480.0)
    let all = series.flatMap(\.entries)
    let x = LogScale(all.map(\.cost), from: left, to: right)
    let y = LogScale(
      (all.map(\.accuracy) + [reference].compactMap(\.self)).map(Self.error), from: top, to: bottom)
    drawing.rectangle(x: 0, y: 0, width: 790, height: 540, style: "paper")
    drawing.text(title, x: left, y: 24, style: "title")
    for tick in x.ticks {
      drawing.line((x(tick), top), (x(tick), bottom), style: "grid")
      drawing.text(format(tick), x: x(tick), y: bottom + 18, anchor: "middle")
    }
    let round = Self.errors.filter(y.range.contains)
    for tick in round.count > 2 ? round : LinearScale.ticks(in: y.range) {
      drawing.line((left, y(tick)), (right, y(tick)), style: "grid")
      drawing.text(Quantity.percent(1 - tick), x: left - 8, y: y(tick) + 4, anchor: "end")
    }
    if let reference {
      drawing.line((left, y(Self.error(reference))), (right, y(Self.error(reference))), style: "band")
      drawing.text("float", x: right, y: y(Self.error(reference)) - 5, anchor: "end")
    }
    for (index, group) in series.enumerated() {
      let mark = SVG.Mark.allCases[index % 4]
      let isShown = Thinning.shown(
        group.entries.map { (x($0.cost), y(Self.error($0.accuracy))) },
        keeping: group.entries.map { !$0.isDominated }, atMost: Self.mostMarks)
      let entries = zip(group.entries, isShown).filter(\.1).map(\.0)
      let front = entries.filter { !$0.isDominated }.sorted {
        ($0.cost, $0.accuracy) < ($1.cost, $1.accuracy)
      }
      for (one, next) in zip(front, front.dropFirst()) {
        // Between two points nothing better is known than the cheaper one: a step, not a slope.
        let corner = (x(next.cost), y(Self.error(one.accuracy)))
        drawing.line((x(one.cost), y(Self.error(one.accuracy))), corner, style: "roof series-\(index % 4)")
        drawing.line(corner, (x(next.cost), y(Self.error(next.accuracy))), style: "roof series-\(index % 4)")
      }
      for entry in entries {
        drawing.mark(
          mark, x: x(entry.cost), y: y(Self.error(entry.accuracy)),
          style: "point series-\(index % 4)\(entry.isDominated ? " dominated" : "")", title: entry.title,
          policy: entry.policy)
      }
      let place = left + 230 * Double(index)
      drawing.mark(mark, x: place + 4, y: 50, style: "point series-\(index % 4)", title: group.title)
      drawing.text("\(group.title); hollow: dominated", x: place + 14, y: 54)
    }
    drawing.text(costTitle, x: (left + right) / 2, y: bottom + 44, anchor: "middle")
    drawing.upwardText(accuracyTitle, x: 18, y: (top + bottom) / 2)
    return drawing
  }

  /// Of a series that is a crowd, see `Thinning`.
  private static let mostMarks = 800

  /// Those at which accuracies are labelled.
  private static let errors = [
    0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1,
  ]

  /// Kept above zero, where a logarithm ends; one in ten thousand is finer than any data set here resolves.
  private static func error(_ accuracy: Double) -> Double { max(1 - accuracy, 1e-4) }
}
