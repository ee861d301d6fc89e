import Core
import Diagnostics
import FixtureBuilding
import Foundation
import Predictors
import Testing

@Suite("a predictor's file")
struct PredictorFileTests {
  private static let folder = "\(Places.package)/Tests/Hardware/PredictorsTests/Reference"
  private let text: String

  init() throws { text = try String(contentsOfFile: "\(Self.folder)/predictor.json", encoding: .utf8) }

  /// What numpy predicts, by the formulas of docs/predictor.md: `Reference/predict.py`.
  private struct Expected: Decodable {
    var layer: String
    var latency: Double
    var deviation: Double

    private enum CodingKeys: String, CodingKey {
      case layer, deviation
      case latency = "latency_s"
    }
  }

  private static let layers = [
    Layer(
      name: "pointwise", kind: .convolution, inputChannels: 32, outputChannels: 96, input: Extent(square: 16),
      output: Extent(square: 16)),
    Layer(
      name: "depthwise", kind: .depthwise, groups: 96, inputChannels: 96, outputChannels: 96,
      input: Extent(square: 16), output: Extent(square: 8), kernel: Extent(square: 3),
      stride: Extent(square: 2)),
    Layer(name: "classes", kind: .fullyConnected, inputChannels: 128, outputChannels: 100),
    Layer(
      name: "dilated", kind: .convolution, inputChannels: 48, outputChannels: 48, input: Extent(square: 16),
      output: Extent(square: 16), kernel: Extent(square: 3), dilation: Extent(square: 2)),
  ]

  private func outcomes(_ layers: [Layer], batch: Int = 4, text: String? = nil) throws -> [PointOutcome] {
    let predictor = try Predictor(reading: Data((text ?? self.text).utf8), file: "p.json")
    let network = Network(name: "n", batch: batch, layers: layers)
    return try PredictedCostModel(predictor, file: "p.json").outcomes(
      of: layers.indices.map { Point(layer: $0, precision: .eight) }, in: network)
  }

  @Test("predicts what numpy does from the same numbers, with the same deviations")
  func predicts() throws {
    let expected = try JSONDecoder().decode(
      [Expected].self, from: Data(contentsOf: URL(filePath: "\(Self.folder)/expected.json")))
    let outcomes = try outcomes(Self.layers)
    #expect(expected.count == 4)
    for (outcome, expected) in zip(outcomes, expected) {
      guard case .cost(let cost) = outcome else {
        Issue.record("\(expected.layer) has no cost")
        continue
      }
      #expect(abs((cost[.latency] ?? 0) / expected.latency - 1) < 1e-9, "\(expected.layer)")
      #expect(abs((cost.latencyDeviation ?? 0) / expected.deviation - 1) < 1e-9, "\(expected.layer)")
    }
  }

  @Test("written and read again, it predicts the same bits")
  func isDurable() throws {
    let predictor = try Predictor(reading: Data(text.utf8), file: "p.json")
    let again = try predictor.text()
    #expect(try outcomes(Self.layers, text: again) == outcomes(Self.layers))
    #expect(predictor.correlation == 0.25)
    #expect(predictor.kinds == [.convolution, .depthwise, .fullyConnected])
  }

  @Test("a layer of a family that nobody measured is unsupported, not guessed")
  func unsupported() throws {
    let layer = Layer(
      name: "scores", kind: .matmul, groups: 4, inputChannels: 64, outputChannels: 64,
      input: Extent(square: 8),
      output: Extent(square: 8))
    #expect(try outcomes([layer]) == [.unsupported])
  }

  @Test("another batch than the measured one is an error that says what was measured")
  func otherBatch() throws {
    #expect(throws: PredictorError.otherBatch(1, measured: 4...4, file: "p.json")) {
      try outcomes(Self.layers, batch: 1)
    }
  }

  @Test(
    "what no fit can have written is refused with the file's name",
    arguments: [
      (#""schema": "haq.predictor/1.0""#, #""schema": "haq.predictor/2.0""#, "haq.predictor/2.0"),
      (#""noise": 0.1"#, #""noise": 0"#, "positive"), (#""noise": 0.1"#, #""noise": -1"#, "positive"),
      (#""signal": 0.5"#, #""signals": 0.5"#, "signal"),
      (#""widening": 1.25"#, #""widening": "x""#, "widening"),
      (#""correlation": 0.25"#, #""correlation": 1.5"#, "out of range"),
      ("128,10,1x1", "128,10,1y1", "no layer"), ("128,10,1x1", "128,0,1x1", "no layer"),
      (",4,2e-06", ",4,-2e-06", "no layer"), (",4,2e-06", ",4,0", "no layer"),
      (",4,2e-06", ",4,nan", "no layer"),
      (#""grouped": {"#, #""grouped2": {"#, "rooflines"), ("log2_macs", "log2_work", "features"),
      ("convolution,4,64,64", "convolution,5,64,64", "no layer"), ("W8A8", "W8A99", "no precision"),
      (#""least_batch": 4"#, #""least_batch": 9"#, "out of range"),
    ])
  func damaged(_ was: String, _ is: String, _ word: String) throws {
    #expect(text.contains(was))
    do {
      _ = try Predictor(reading: Data(text.replacing(was, with: `is`).utf8), file: "p.json")
      Issue.record("\(`is`) was read")
    } catch let error as Diagnostic {
      #expect(error.place?.file == "p.json")
      #expect("\(error)".contains(word), "\(error)")
    }
  }

  @Test("text that is no JSON is refused")
  func noJSON() {
    #expect(throws: Diagnostic.self) { try Predictor(reading: Data("[1,".utf8), file: "p.json") }
  }
}
