import Core

/// Attained throughput against operations per byte, in the manner of the roofline model (Williams et al., 2009).
public struct RooflineChart: Sendable {
  /// The layers at one precision, with the roof that bounds them.
  public struct Series: Sendable {
    public var title: String
    /// Operations per second that no layer exceeds.
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

  public var title: String
  public var series: [Series]
  /// Bytes per second that no layer exceeds.
  public var bandwidth: Double

  public init(title: String, series: [Series], bandwidth: Double) {
    self.title = title
    self.series = series
    self.bandwidth = bandwidth
  }

  /// The `<svg>` element.
  public var svg: String { drawing.element(label: title) }

  /// A file that is complete, for light and dark viewers.
  public var file: String { drawing.file(label: title) }

  private var drawing: SVG {
    var drawing = SVG(width: 760, height: 560)
    let (left, right, top, bottom) = (92.0, 740.0, 84.0, 500.0)
    let points = series.flatMap(\.points)
    let x = LogScale(points.map(\.intensity), from: left, to: right)
    let peaks = series.map(\.peak)
    let y = LogScale(points.map(\.throughput) + peaks, from: bottom, to: top)
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
    for (index, line) in series.enumerated() {
      let style = "roof series-\(index % 4)"
      let ridge = line.peak / bandwidth
      let start = max(x.range.lowerBound, y.range.lowerBound / bandwidth)
      let corner = min(max(ridge, start), x.range.upperBound)
      if start < corner {
        drawing.line(
          (x(start), y(start * bandwidth)), (x(corner), y(min(line.peak, corner * bandwidth))), style: style)
      }
      if corner < x.range.upperBound {
        drawing.line((x(corner), y(line.peak)), (right, y(line.peak)), style: style)
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
      drawing.text(
        "\(line.title): at most \(Self.short(line.peak)) operations/s", x: left + 14, y: legend)
    }
    drawing.text("operations per byte", x: (left + right) / 2, y: bottom + 44, anchor: "middle")
    drawing.upwardText("attained operations per second", x: 18, y: (top + bottom) / 2)
    drawing.text(
      "slope: at most \(Self.short(bandwidth))B/s", x: right, y: bottom - 10, anchor: "end")
    return drawing
  }

  private static func short(_ value: Double) -> String { Quantity.plain(value) }
}
