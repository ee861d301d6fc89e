package import Core
package import Evaluation
import Foundation
import PrecisionSearch
package import Studies

/// A study that this process writes, as a search does, of a network of two layers whose latency is its bits in ms.
package final class GrowingStudy {
  package let path: String
  private let study: Study
  private let table: CostTable
  private let samples: Int
  private var count = 0

  /// A network of two layers on a target whose latency is the bits of weights and activations in milliseconds.
  ///
  /// - Parameter shareOfLayers: Of latencies, what layers take by themselves; nil for targets of layers alone.
  package static func table(shareOfLayers: Double? = nil) throws -> CostTable {
    let network = Network(
      name: "two <layers>",
      layers: [
        Layer(name: "first", kind: .convolution, inputChannels: 1, outputChannels: 4),
        Layer(name: "second", kind: .fullyConnected, inputChannels: 4, outputChannels: 2),
      ])
    let widths = BitWidth.all(from: BitWidth(2)!, through: .eight)
    return try CostTable(
      of: network, from: Bits(shareOfLayers: shareOfLayers), weightWidths: widths, activationWidths: widths,
      aggregates: [.latency: .sum],
      provenance: .withoutHardware("board"))
  }

  /// - Parameters:
  ///   - samples: Validation samples that policies are measured on.
  ///   - shareOfLayers: Of latencies, what layers take by themselves; nil for a target of layers alone.
  ///   - facts: Beside those of the network, the target and the search.
  ///   - documents: Beside the cost tables.
  package init(
    in folder: String, samples: Int = 100, shareOfLayers: Double? = nil, facts: [StudyFacts.Fact] = [],
    documents: [StudyDocument: String] = [:]
  ) throws {
    self.samples = samples
    table = try Self.table(shareOfLayers: shareOfLayers)
    path = "\(folder)/study.haq"
    study = try Study.create(
      at: path,
      NewStudy(
        arguments: ["two", "--target", "board"], directory: "/",
        facts: StudyFacts(
          [
            .init(.accuracy, "network", table.network.name), .init(.cost, "target", "board"),
          ] + facts),
        problem: StudyProblem(
          objective: .accuracy, budgets: [.init(Resource(.latency), 0.03)], evaluations: 4,
          searchSamples: samples
        ),
        documents: documents.merging([
          .costTables: String(decoding: try JSONEncoder().encode([table]), as: UTF8.self)
        ]) { $1 }),
      programSHA256: "0")
  }

  /// Records the next policy, with the same widths in both layers.
  package func measure(
    weight: Int, activation: Int, accuracy: Double, isBest: Bool = true, by worker: Int = 1,
    at place: WorkerPlace? = nil
  ) throws {
    try measure(
      weight: weight, activation: activation,
      result: EvaluationResult(accuracy: accuracy, loss: 1, samples: samples), isBest: isBest, by: worker,
      at: place)
  }

  /// Records the next policy with any result, after half a second of a worker's.
  package func measure(
    weight: Int, activation: Int, result: EvaluationResult, isBest: Bool = false, by worker: Int = 1,
    at place: WorkerPlace? = nil
  ) throws {
    let precision = Precision(weight: BitWidth(weight)!, activation: BitWidth(activation)!)
    let policy = Policy([precision, precision])
    let cost = try table.total(.latency, of: policy)!
    let answer = Answer(result, worker: worker, durationSeconds: 0.5, place: place)
    try study.record(
      EvaluationRequest(policy: policy, samples: samples), answer, costs: [.latency: cost])
    let measured = String(
      decoding: try JSONEncoder().encode(MeasuredPolicy(policy: policy, cost: cost, result: result)),
      as: UTF8.self)
    let text = """
      {"index": \(count), "isBest": \(isBest), "isRepeated": false, "measured": \(measured), "reward": 0,
       "origin": {"random": {}}}
      """
    _ = try study.record(try JSONDecoder().decode(Episode.self, from: Data(text.utf8)))
    count += 1
  }

  /// Records a sensitivity measurement: an answer about a policy that is no episode.
  package func measureSensitivity(weight: Int, samples: Int) throws {
    let narrowed = Precision(weight: BitWidth(weight)!, activation: .eight)
    let result = EvaluationResult(accuracy: 0.5, loss: 1, samples: samples)
    try study.record(
      EvaluationRequest(policy: Policy([narrowed, .eight]), samples: samples),
      Answer(result, worker: 1, durationSeconds: 0.5), costs: [:])
  }

  /// Records the float baseline on `samples` validation samples.
  ///
  /// - Parameter isWhole: Whether they are the whole split, as in the comparison at the end.
  package func measureFloat(accuracy: Double, samples: Int, isWhole: Bool = false) throws {
    let result = EvaluationResult(accuracy: accuracy, loss: 1, samples: samples)
    try study.record(
      EvaluationRequest(policy: nil, samples: isWhole ? nil : samples),
      Answer(result, worker: 1, durationSeconds: 0.5), costs: [:])
  }

  /// Every layer takes as many milliseconds as it has bits of weights and activations.
  private struct Bits: CostModel {
    var shareOfLayers: Double?

    func outcomes(of points: [Point], in network: Network) -> [PointOutcome] {
      points.map { point in
        let latency = Double(point.precision.weight.bits + point.precision.activation.bits) / 1000
        return .cost(Cost(values: [.latency: latency], latencyAlone: shareOfLayers.map { $0 * latency }))
      }
    }
  }
}
