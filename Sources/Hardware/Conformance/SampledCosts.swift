import Core
import Isolation
import PluginLoading

/// What a model says of a small network at all pairs of widths, and what is odd about it.
struct SampledCosts {
  private let layers: [Layer]
  private let metrics: [Metric]
  private let points: [Point]
  private let costs: [Point: Cost]

  /// - Parameter reversed: asks about the points in the opposite order.
  init(of request: ProbeRequest, from model: some CostModel, reversed: Bool = false) throws {
    layers = request.setup.network.layers
    metrics = request.metrics
    points = request.points
    let asked = reversed ? points.reversed() : points
    let outcomes = try model.outcomes(of: asked, in: request.setup.network)
    costs = zip(asked, outcomes).reduce(into: [:]) { costs, pair in
      if case .cost(let cost) = pair.1 { costs[pair.0] = cost }
    }
  }

  /// Whether no point has a cost.
  var isWithoutCosts: Bool { costs.isEmpty }

  func hasMetric(_ metric: Metric) -> Bool { metrics.contains(metric) }

  private func name(_ point: Point) -> String {
    "layer \"\(layers[point.layer].name)\" at \(point.precision)"
  }

  /// The first cell that another answer has otherwise.
  func difference(from other: SampledCosts) -> String? {
    for point in points {
      for metric in metrics {
        let (a, b) = (costs[point]?[metric], other.costs[point]?[metric])
        if a?.bitPattern != b?.bitPattern {
          return "\(metric.rawValue) of \(name(point)) is \(a ?? .nan), but \(b ?? .nan) in another call"
        }
      }
    }
    return nil
  }

  /// Two points of a layer where the wider one costs less time or energy.
  var widerIsCheaper: String? {
    for point in points {
      for wider in points where wider.layer == point.layer && wider.precision.covers(point.precision) {
        for metric in [Metric.latency, .energy] {
          guard let narrow = costs[point]?[metric], let wide = costs[wider]?[metric], wide < narrow else {
            continue
          }
          return "\(metric.rawValue) of \(name(wider)) is \(wide), less than the \(narrow) at "
            + "\(point.precision)"
        }
      }
    }
    return nil
  }

  /// A warning where some work takes nothing, a failure where none takes anything.
  var workWithoutCost: Check.Outcome {
    for metric in [Metric.latency, .energy] where metrics.contains(metric) {
      let free = points.filter { costs[$0]?[metric] == 0 }
      guard let first = free.first else { continue }
      let reason = "\(metric.rawValue) of \(name(first)) is 0, though the layer has work"
      return free.count == costs.count ? .failed("\(reason); so is every other") : .warning(reason)
    }
    return .passed
  }

  /// A layer whose weights take less than their bits.
  var weightsWithoutBytes: String? {
    for point in points {
      let layer = layers[point.layer]
      guard layer.kind != .matmul, let bytes = costs[point]?[.weightBytes] else { continue }
      let stored = WeightStorage().outcomes(of: [point], in: Network(name: "check", layers: layers))
      guard case .cost(let cost)? = stored.first, let packed = cost[.weightBytes] else { continue }
      if bytes < packed {
        return "weight_bytes of \(name(point)) is \(bytes), less than its \(packed) packed bytes"
      }
    }
    return nil
  }

  /// A point that costs less time or energy with twice the batch.
  func cheaper(in double: SampledCosts) -> String? {
    for point in points {
      for metric in [Metric.latency, .energy] {
        guard let single = costs[point]?[metric], let twice = double.costs[point]?[metric], twice < single
        else { continue }
        return "\(metric.rawValue) of \(name(point)) falls from \(single) to \(twice) with twice the batch"
      }
    }
    return nil
  }
}
