import Core

/// Attained throughput against operations per byte, in the manner of the roofline model (Williams et al., 2009).
public struct RooflineChart: Sendable {
  /// The layers at one precision, with the roof that bounds them.
  public struct Series: Sendable {
    public var title: String
    /// Operations per second that no layer exceeds; 0 where computing takes no time.
    public var peak: Double
    public var points: [Entry]

    public init(title: String, peak: Double, points: [Entry]) {
      self.title = title
      self.peak = peak
      self.points = points
    }
  }

  /// One layer.
  public struct Entry: Sendable {
    /// Operations per byte moved.
    public var intensity: Double
    /// Operations per second.
    public var throughput: Double
    public var title: String

    public init(intensity: Double, throughput: Double, title: String) {
      self.intensity = intensity
      self.throughput = throughput
      self.title = title
    }
  }

  /// The memory's roof.
  public struct Memory: Sendable {
    /// Bytes per second that no layer exceeds.
    public var bandwidth: Double
    /// Those of weights and of activations, where each has its own path; nil where they share one.
    public var paths: (weights: Double, activations: Double)?

    public init(bandwidth: Double, paths: (weights: Double, activations: Double)? = nil) {
      self.bandwidth = bandwidth
      self.paths = paths
    }
  }

  public var title: String
  public var series: [Series]
  /// Nil where moving bytes takes no time.
  public var memory: Memory?

  public init(title: String, series: [Series], memory: Memory?) {
    self.title = title
    self.series = series
    self.memory = memory
  }

  /// The `<svg>` element.
  public var svg: String { drawing.element(label: title) }

  /// A file that is complete, for light and dark viewers.
  public var file: String { drawing.file(label: title) }

  private static let (left, right, top, bottom) = (92.0, 740.0, 84.0, 500.0)

  /// Where a roof of computing leaves the memory's, in operations per byte; 0 where there is no memory's roof.
  private func ridge(_ series: Series) -> Double { memory.map { series.peak / $0.bandwidth } ?? 0 }

  private var drawing: SVG {
    var drawing = SVG(width: 760, height: 560)
    let (left, right, top, bottom) = (Self.left, Self.right, Self.top, Self.bottom)
    let points = series.flatMap(\.points)
    // Every ridge is in the picture, with some of both roofs beside it.
    let ridges = series.map(ridge)
    let x = LogScale(points.map(\.intensity) + ridges + ridges.map { $0 * 1.5 }, from: left, to: right)
    let y = LogScale(points.map(\.throughput) + series.map(\.peak), from: bottom, to: top)
    drawing.rectangle(x: 0, y: 0, width: 760, height: 560, style: "paper")
    drawing.text(title, x: left, y: 26, style: "title")
    for tick in x.ticks {
      drawing.line((x(tick), top), (x(tick), bottom), style: "grid")
      drawing.text(Self.short(tick), x: x(tick), y: bottom + 18, anchor: "middle")
    }
    for tick in y.ticks {
      drawing.line((left, y(tick)), (right, y(tick)), style: "grid")
      drawing.text(Self.short(tick), x: left - 8, y: y(tick) + 4, anchor: "end")
    }
    slope(&drawing, x, y)
    for (index, line) in series.enumerated() {
      let corner = max(ridge(line), x.range.lowerBound)
      if line.peak > 0 {
        drawing.line(
          (x(corner), y(line.peak)), (right, y(line.peak)), style: "roof series-\(index % 4)")
      }
      for point in line.points {
        drawing.mark(
          SVG.Mark.allCases[index % 4], x: x(point.intensity), y: y(point.throughput),
          style: "point series-\(index % 4)", title: point.title)
      }
      let legend = 48 + 18 * Double(index)
      drawing.mark(
        SVG.Mark.allCases[index % 4], x: left + 4, y: legend - 4, style: "point series-\(index % 4)",
        title: line.title)
      let roof =
        line.peak > 0 ? "at most \(Self.short(line.peak)) operations/s" : "computing takes no time"
      drawing.text("\(line.title): \(roof)", x: left + 14, y: legend)
    }
    drawing.text("operations per byte", x: (left + right) / 2, y: bottom + 44, anchor: "middle")
    drawing.upwardText("attained operations per second", x: 18, y: (top + bottom) / 2)
    return drawing
  }

  /// The memory's roof, which all series share, up to the highest of theirs.
  private func slope(_ drawing: inout SVG, _ x: LogScale, _ y: LogScale) {
    guard let memory else { return }
    let start = max(x.range.lowerBound, y.range.lowerBound / memory.bandwidth)
    let highest = series.map(ridge).max().flatMap { $0 > 0 ? $0 : nil }
    let end = min(highest ?? x.range.upperBound, x.range.upperBound, y.range.upperBound / memory.bandwidth)
    if start < end {
      drawing.line(
        (x(start), y(start * memory.bandwidth)), (x(end), y(end * memory.bandwidth)), style: "diagonal")
    }
    let paths =
      memory.paths.map {
        ": \(Self.short($0.weights))B/s of weights beside \(Self.short($0.activations))B/s of activations"
      } ?? ""
    drawing.text(
      "slope: at most \(Self.short(memory.bandwidth))B/s\(paths)", x: Self.right, y: Self.bottom - 10,
      anchor: "end")
  }

  private static func short(_ value: Double) -> String { Quantity.plain(value) }
}
