import Core
public import Evaluation
import Foundation
import Rendering

/// The accuracy of a network, in floats and under a policy: the result of `haq evaluate`.
public struct EvaluationDocument: Document {
  public static let schema: SchemaName = "haq.evaluation/1.0"

  public var network: String
  /// What the evaluator calls its data.
  public var data: String
  public var split: Split
  public var results: Results
  /// What accuracy is, where it is not the top-1 accuracy, such as agreement with the float network.
  public var metric: String?

  /// The float network, and the policy if one was named.
  public struct Results: Hashable, Sendable, Codable {
    public var float: EvaluationResult.Figures
    public var policy: EvaluationResult.Figures?
    /// Of the policy's accuracy less that of the float network; nil where it is not known which samples are right.
    public private(set) var difference: PairedDifference?

    public init(float: EvaluationResult.Figures, policy: EvaluationResult.Figures? = nil) {
      self.float = float
      self.policy = policy
      difference = policy.flatMap { PairedDifference($0, less: float) }
      self.float.correctSamples = nil
      self.policy?.correctSamples = nil
    }
  }

  public init(network: String, data: String, split: Split, results: Results, metric: String? = nil) {
    self.metric = metric
    self.network = network
    self.data = data
    self.split = split
    self.results = results
  }

  /// The table for a terminal.
  public var text: String {
    var table = TextTable([
      .init("weights"), .init(metric ?? "top-1", .right), .init("top-5", .right), .init("loss", .right),
      .init("divergence", .right), .init("samples", .right),
    ])
    let rows = [("32-bit float", results.float)] + (results.policy.map { [("policy", $0)] } ?? [])
    for (title, result) in rows {
      table.add([
        title, Quantity.accuracy(result.accuracy), result.top5Accuracy.map(Quantity.accuracy) ?? "",
        String(format: "%.4f", result.loss), result.divergence.map { String(format: "%.4f", $0) } ?? "",
        "\(result.samples)",
      ])
    }
    let latency = results.policy?.latency.map { "Measured latency: \(Quantity.seconds($0))\n" } ?? ""
    let difference =
      results.difference.map {
        "Policy less float, on the same samples, with one standard error: \($0.points)\n"
      } ?? ""
    return "\(network), \(split.rawValue) split of \(data)\n\n\(table.text)\(difference)\(latency)"
  }
}
