import Evaluation
public import PrecisionSearch

/// A search policy by policy, for programs that draw curves; units in the titles.
public struct SearchCurves {
  public let csv: String

  public init(_ episodes: [Episode]) {
    var best: MeasuredPolicy?
    let rows = episodes.map { episode in
      if episode.isBest { best = episode.measured }
      // A failed policy has no figures; before any policy was measured there is no best one.
      let figures = episode.measured.result.figures
      let sigma: Double? =
        switch episode.origin {
        case .agent(let sigma), .varied(let sigma): sigma
        default: nil
        }
      let fields: [String] = [
        "\(episode.index + 1)", figures.map { "\($0.accuracy)" } ?? "",
        best?.result.figures.map { "\($0.accuracy)" } ?? "", figures.map { "\($0.loss)" } ?? "",
        "\(episode.measured.cost)", best.map { "\($0.cost)" } ?? "",
        figures == nil ? "" : "\(episode.reward)",
        sigma.map { "\($0)" } ?? "",
      ]
      return fields.joined(separator: ",")
    }
    let titles = "policy,accuracy,best_accuracy,loss_nats,cost,best_cost,reward,sigma"
    csv = ([titles] + rows).map { $0 + "\n" }.joined()
  }
}
