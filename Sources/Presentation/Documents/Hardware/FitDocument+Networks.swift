import Core
import Predictors
import Rendering
public import Validation

extension FitDocument {
  /// Whole networks: what lies between layers, and how well networks are predicted that were held out.
  public struct NetworksPart: Hashable, Sendable, Codable {
    public var networks: [String]
    /// Networks under policies.
    public var runs: Int
    /// What was held out together: the runs of a network, or a fifth of the runs where there is one network.
    public var heldOut: HeldOut
    /// Of runs that were held out.
    public var predicted: ErrorStatistics
    /// Of the sums of layers alone, at the same runs.
    public var sumOfLayers: ErrorStatistics
    /// Standard deviation of the logarithm that has nothing to do with single layers.
    public var deviation: Double
    /// Seconds and shares by the names of docs/predictor.md; those that are 0 are absent.
    public var coefficients: [String: Double]

    /// What was held out together.
    public enum HeldOut: String, Hashable, Sendable, Codable {
      case networks
      case runs
    }

    private enum CodingKeys: String, CodingKey {
      case networks, runs, predicted, deviation, coefficients
      case heldOut = "held_out"
      case sumOfLayers = "sum_of_layers"
    }

    /// Nil where nothing could be held out.
    init?(_ fit: NetworkFit) {
      let runs = fit.heldOut
      let measured = runs.map(\.measured)
      guard let predicted = ErrorStatistics(predicted: runs.map(\.predicted), measured: measured),
        let sumOfLayers = ErrorStatistics(predicted: runs.map(\.sumOfLayers), measured: measured)
      else { return nil }
      (self.predicted, self.sumOfLayers) = (predicted, sumOfLayers)
      networks = Set(runs.map(\.network)).sorted()
      self.runs = runs.count
      heldOut = fit.isByNetwork ? .networks : .runs
      deviation = fit.deviation
      coefficients = fit.coefficients
    }

    /// For a terminal.
    var text: String {
      var table = TextTable([
        .init("whole networks"), .init("runs", .right), .init("mean error", .right), .init("bias", .right),
        .init("within 10 %", .right), .init("largest", .right), .init("Kendall", .right),
      ])
      for (name, errors) in [("predicted", predicted), ("sums of layers", sumOfLayers)] {
        table.add([
          name, "\(errors.count)", Quantity.smallPercent(errors.meanAbsoluteError),
          Quantity.signedPercent(errors.bias), Quantity.percent(errors.within10Percent),
          Quantity.smallPercent(errors.largestAbsoluteError), Quantity.coefficient(errors.kendall),
        ])
      }
      let how =
        switch heldOut {
        case .networks:
          "Each run was predicted without the other runs of its network; \(Quantity.counted(networks.count, "network"))."
        case .runs:
          "Each run was predicted without a fifth of the runs of the one network; another network is predicted worse."
        }
      return "\(table.text)\(how)\n"
    }
  }
}
