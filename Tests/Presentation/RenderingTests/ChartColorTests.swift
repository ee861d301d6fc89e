import Core
import Foundation
import FoundationXML
import Rendering
import Testing

/// Charts in viewers that know neither variables nor style sheets, such as the ones of office programs and converters.
struct ChartColorTests {
  private static let eight = Precision.eight

  private static let pictures: [(name: String, text: String)] = [
    (
      "trade-off",
      TradeOffChart(
        title: "t",
        series: [
          .init(
            title: "searched",
            entries: [
              .init(cost: 1, accuracy: 0.8, isDominated: false, title: "a"),
              .init(cost: 3, accuracy: 0.9, isDominated: false, title: "b", policy: 1),
              .init(cost: 4, accuracy: 0.7, isDominated: true, title: "c"),
            ])
        ], costTitle: "latency", accuracyTitle: "top-1", reference: 0.95, format: { "\($0)" }
      ).file
    ),
    (
      "roofline",
      RooflineChart(
        title: "t",
        series: [.init(title: "W8A8", peak: 100, points: [.init(intensity: 2, throughput: 10, title: "a")])],
        memory: .init(bandwidth: 10)
      ).file
    ),
    (
      "policy",
      PolicyChart(
        title: "t", entries: [.init(name: "a", group: .depthwise, precision: eight, intensity: 3)]
      ).file
    ),
    (
      "sensitivity",
      SensitivityChart(
        title: "t", rows: ["a"],
        blocks: [.init(title: "weights", columns: ["W2", "W3"], values: [[0.5, nil]])],
        valueTitle: "nats"
      ).file
    ),
    (
      "progress",
      ProgressChart(
        title: "t",
        entries: [
          .init(accuracy: 0.5, cost: 1, isBest: true, title: "a"),
          .init(accuracy: 0.6, cost: 2, isBest: true, title: "b"),
          .init(accuracy: nil, cost: 2, isBest: false, title: "c"),
        ], costTitle: "latency", accuracyTitle: "top-1", limit: 3, format: { "\($0)" }
      ).svg
    ),
    (
      "cost split",
      CostSplitChart(
        title: "t", entries: [.init(name: "a", cost: 1, referenceCost: 2, bound: "compute")],
        costTitle: "latency", format: { "\($0)" }
      ).svg
    ),
    (
      "scatter",
      ScatterChart(
        [
          .init(measured: 1, predicted: 1.2, group: "g", title: "a"),
          .init(measured: 10, predicted: 9, group: "g", title: "b"),
        ], format: { "\($0)" }
      ).svg
    ),
    ("heat map", HeatMap(rows: ["a"], columns: ["W8A8", "W4A4"], errors: [[0.1, nil]]).svg),
  ]

  @Test("every shape and every text has a literal color, and no color rests on a variable")
  func literalColors() throws {
    for picture in Self.pictures {
      let shapes = try Shapes(picture.text)
      #expect(shapes.all.count > 3, "\(picture.name)")
      #expect(!picture.text.contains("var("), "\(picture.name)")
      for shape in shapes.all {
        let paint = shape.attributes[shape.name == "line" ? "stroke" : "fill"]
        let isLiteral = paint.map { $0 == "none" || $0.wholeMatch(of: /#[0-9a-f]{6}/) != nil } ?? false
        #expect(isLiteral, "\(picture.name): \(shape)")
        // What has no fill has an outline.
        if paint == "none" {
          #expect(shape.attributes["stroke"]?.hasPrefix("#") == true, "\(picture.name): \(shape)")
        }
      }
    }
  }

  @Test("style sheets only replace colors in the dark")
  func darkOnly() throws {
    for picture in Self.pictures where picture.text.contains("<style>") {
      let style = try #require(picture.text.firstMatch(of: /<style>((?s).*)<\/style>/)).1
      let light = try #require(style.firstMatch(of: /@media \(prefers-color-scheme: dark\)/)).range.lowerBound
      #expect(!style[..<light].contains("#"), "\(picture.name)")
      #expect(style[light...].contains(".paper { fill: #181816; }"), "\(picture.name)")
    }
  }

  @Test("hollow points are hollow without a style sheet")
  func hollow() throws {
    let shapes = try Shapes(try #require(Self.pictures.first?.text)).all
    let points = shapes.filter { $0.name == "path" && $0.attributes["class"]?.contains("point") == true }
    #expect(points.map { $0.attributes["fill-opacity"] } == [".7", ".7", "0", ".7"])
  }
}

/// The shapes and texts of a picture, in their order.
private final class Shapes: NSObject, XMLParserDelegate {
  struct Shape {
    var name: String
    var attributes: [String: String]
  }

  private(set) var all: [Shape] = []

  init(_ text: String) throws {
    super.init()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = self
    try #require(parser.parse())
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String] = [:]
  ) {
    if ["line", "rect", "path", "text"].contains(name) {
      all.append(Shape(name: name, attributes: attributes))
    }
  }
}
