import Core
import Evaluation
import Foundation
import PrecisionSearch
import Rendering
import Studies

extension StudyReport {
  /// Accuracy and cost of every policy, in the order of measuring.
  var progress: ProgressChart {
    let metric = metric
    return ProgressChart(
      title: "\(accuracyWord) and \(metric.title) by policy".capitalizedFirst,
      entries: episodes.indices.map { index in
        let episode = episodes[index]
        return ProgressChart.Entry(
          accuracy: episode.measured.result.figures?.accuracy,
          cost: policies.costs[index] ?? 0, isBest: episode.isBest, title: policies.titles[index],
          policy: episode.index + 1)
      }, costTitle: metric.title, accuracyTitle: accuracyTitle, limit: limit,
      format: { Quantity.tick($0, metric) })
  }

  /// Every policy measured in the search, and those that no other beats.
  var tradeOff: TradeOffChart {
    let metric = metric
    let isOnFront = policies.isOnFront
    let entries = episodes.indices.compactMap { index -> TradeOffChart.Entry? in
      guard let figures = episodes[index].measured.result.figures else { return nil }
      return TradeOffChart.Entry(
        cost: policies.costs[index] ?? 0, accuracy: figures.accuracy, isDominated: !isOnFront[index],
        title: policies.titles[index], policy: index + 1)
    }
    return TradeOffChart(
      title: "Policies measured in the search",
      series: [.init(title: "searched", entries: entries)], costTitle: metric.title,
      accuracyTitle: accuracyTitle, reference: floatBaseline?.accuracy,
      format: { Quantity.tick($0, metric) })
  }

  /// The searched policy and the uniform ones, fine-tuned where that helps, on the validation split; nil until the search has ended.
  var comparison: TradeOffChart? {
    guard let result, let float = result.float.validation else { return nil }
    let metric = metric
    func entry(_ contender: SearchDocument.Contender, _ name: String) -> TradeOffChart.Entry? {
      guard let figures = contender.validation.figures else { return nil }
      return contender.cost[metric].map { cost in
        .init(
          cost: cost, accuracy: figures.accuracy, isDominated: false,
          title: "\(name): \(figures.percent), \(text(cost))")
      }
    }
    let uniform = result.uniforms.compactMap { entry($0, "uniform \($0.precision ?? "")") }
    guard let searched = entry(result.searched, "searched") else { return nil }
    let isOnFront = ParetoFront.contains(uniform.map { ($0.cost, $0.accuracy) })
    let marked = zip(uniform, isOnFront).map { one, isOnFront in
      var one = one
      one.isDominated = !isOnFront
      return one
    }
    return TradeOffChart(
      title: "Searched against uniform, fine-tuned where that helps",
      series: [.init(title: "searched", entries: [searched]), .init(title: "uniform", entries: marked)],
      costTitle: metric.title, accuracyTitle: accuracyTitle(contenderSamples),
      reference: float.samples == contenderSamples ? float.accuracy : nil,
      format: { Quantity.tick($0, metric) })
  }

  /// Validation samples that the searched policy and the baselines are compared on; nil until the search has ended.
  var contenderSamples: Int? { result?.searched.validation.figures?.samples }

  /// What each layer costs under a policy.
  func costSplit(of policy: Policy) -> CostSplitChart {
    let metric = metric
    let entries = table.network.layers.enumerated().compactMap { index, layer -> CostSplitChart.Entry? in
      guard let cost = table.cost(metric, layer: index, under: policy) else { return nil }
      return CostSplitChart.Entry(
        name: layer.name, cost: cost,
        referenceCost: table.cost(metric, layer: index, underUniform: reference),
        bound: metric == .latency ? table.breakdown(layer: index, under: policy)?.bound.words : nil)
    }
    return CostSplitChart(
      title: "\(metric.title) of each layer".capitalizedFirst, entries: entries, costTitle: metric.title,
      referenceTitle: reference.title, format: { Quantity.tick($0, metric) })
  }
}

extension String {
  /// With an upper-case first letter.
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
