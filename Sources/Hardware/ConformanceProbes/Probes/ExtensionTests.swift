import CHAQPlugin
import Core
import Isolation
import PluginLoading

/// The tests of `haq.breakdown/1`, `haq.components/1` and `haq.resources/1`, rules H-31, H-34 and H-35.
extension Probe {
  static let extensionTests: [String: Test] = [
    "breakdown-answers": { probe in
      guard let asked = try probe.breakdown() else { return Self.notOffered(HAQ_EXTENSION_BREAKDOWN) }
      for (row, point) in asked.points.enumerated() {
        for (name, column) in zip(Self.terms, asked.cells) where !(column[row] >= 0 && column[row] <= 1e15) {
          throw ProbeFailure(
            "\(name) of the breakdown of \(probe.name(of: point)) is \(column[row]), outside 0 ... 1e15")
        }
        guard (HAQ_BOUND_COMPUTE...HAQ_BOUND_ACTIVATION_TRAFFIC).contains(asked.bound[row]) else {
          throw ProbeFailure(
            "the bound of \(probe.name(of: point)) is not set, or has no meaning: \(asked.bound[row])")
        }
      }
      return .passed
    },
    "breakdown-fits": { probe in
      let answer: Asked?
      do { answer = try probe.breakdown() } catch is ProbeFailure {
        return .blocked("there is no breakdown that can be used")
      }
      guard let asked = answer else { return Self.notOffered(HAQ_EXTENSION_BREAKDOWN) }
      // Models round and overlap each time on its own, so only what is far off is wrong.
      let slack = 2.0
      for (row, point) in asked.points.enumerated() {
        let latency = asked.latencies[row]
        for (name, column) in zip(Self.terms, asked.cells) where column[row] > latency * slack {
          throw ProbeFailure(
            "\(name) of the breakdown of \(probe.name(of: point)) is \(column[row]), more than twice its latency "
              + "\(latency)")
        }
        let (compute, weights, activations) = (asked.cells[0][row], asked.cells[1][row], asked.cells[2][row])
        // On a path that both share, weights and activations together may bound what neither does alone. Where results
        // leave by another path, activations take up to three times as long as the weights that a layer waits for.
        let share = 3.0
        let isShorter =
          switch asked.bound[row] {
          case HAQ_BOUND_COMPUTE: compute * share < max(weights, activations)
          case HAQ_BOUND_WEIGHT_TRAFFIC:
            weights * share < activations || (weights + activations) * share < compute
          case HAQ_BOUND_ACTIVATION_TRAFFIC:
            activations * share < weights || (weights + activations) * share < compute
          default: false
          }
        guard !isShorter else {
          throw ProbeFailure(
            "the bound of \(probe.name(of: point)) is number \(asked.bound[row]), which takes less than a third of the longest: "
              + "\(compute), \(weights) and \(activations) s")
        }
      }
      return .passed
    },
    "components-listed": { probe in
      let instance = try probe.plugin.instance(of: probe.request.setup)
      guard let first = try instance.components(for: []) else {
        return Self.notOffered(HAQ_EXTENSION_COMPONENTS)
      }
      guard let second = try instance.components(for: []), first.components == second.components else {
        throw ProbeFailure("the list of components is another one at a second call")
      }
      return .passed
    },
    "components-add-up": { probe in
      let baseline = try probe.baseline()
      let setup = probe.request.setup
      let instance = try probe.plugin.instance(of: setup)
      let points = probe.points.indices.filter { row in
        baseline.status[row] == HAQ_POINT_OK
          && probe.request.metrics.allSatisfy { (0...1e15).contains(baseline.cell($0, row)) }
      }
      let raw: RawComponents?
      do {
        raw = try instance.components(for: points.compactMap { probe.point($0) })
      } catch PluginError.malformed(_, let problem) where !problem.contains("writes more") {
        // The list is for "components-listed".
        return .blocked("there is no list of components that can be used")
      }
      guard let raw else { return Self.notOffered(HAQ_EXTENSION_COMPONENTS) }
      for (row, index) in points.enumerated() {
        try probe.addUp(raw, row: row, to: baseline, index)
      }
      return .passed
    },
    "resources-listed": { probe in
      guard probe.plugin.offers(HAQ_EXTENSION_RESOURCES) else {
        return Self.notOffered(HAQ_EXTENSION_RESOURCES)
      }
      let instance = try probe.plugin.instance(of: probe.request.setup)
      let first = try instance.resources()
      guard try instance.resources() == first else {
        throw ProbeFailure("the list of resources is another one at a second call")
      }
      return .passed
    },
  ]

  private static let terms = ["compute_s", "weight_traffic_s", "activation_traffic_s"]

  private static func notOffered(_ id: String) -> Verdict { .skipped("the plugin does not offer \(id)") }

  /// The point that `points[index]` is.
  private func point(_ index: Int) -> Point? {
    points[index].precision.map { Point(layer: Int(points[index].layer), precision: $0) }
  }

  /// What a breakdown says, and the latencies beside it.
  private struct Asked {
    var points: [haq_point]
    var latencies: [Double]
    var cells: [[Double]]
    var bound: [UInt32]
  }

  /// The breakdown of every point that has a latency; nil when it is not offered.
  private func breakdown() throws -> Asked? {
    guard plugin.breakdown != nil else { return nil }
    let batch = try baseline()
    // Another instance, as for the baseline of every test: what it was asked before is not tested here.
    let instance = try instance()
    defer { instance.destroy() }
    let rows = points.indices.filter {
      batch.status[$0] == HAQ_POINT_OK && (0...1e15).contains(batch.cell(.latency, $0))
    }
    let costed = rows.map { points[$0] }
    guard !costed.isEmpty else { return Asked(points: [], latencies: [], cells: [[], [], []], bound: []) }
    let answer = instance.evaluateBreakdown(costed)
    guard answer.code == HAQ_OK else {
      throw ProbeFailure(
        "evaluate of haq.breakdown/1 returns \(answer.code) for legal points: \(answer.text)")
    }
    guard !answer.overruns else {
      throw ProbeFailure("it writes outside of the \(costed.count) points that it was asked about")
    }
    return Asked(
      points: costed, latencies: rows.map { batch.cell(.latency, $0) }, cells: answer.cells,
      bound: answer.bound)
  }

  /// Throws when the components of a point are no numbers, or those of a column do not add up to its cell (H-34).
  private func addUp(_ raw: RawComponents, row: Int, to batch: Batch, _ index: Int) throws {
    let values = raw.values[row * raw.components.count..<(row + 1) * raw.components.count]
    var sums: [Metric: Double] = [:]
    for (component, value) in zip(raw.components, values) {
      guard value >= 0, value <= 1e15 else {
        throw ProbeFailure(
          "component \(component.name) of \(name(of: points[index])) is \(value), outside 0 ... 1e15")
      }
      if let metric = component.metric { sums[metric, default: 0] += value }
    }
    for metric in request.metrics {
      guard let sum = sums[metric] else { continue }
      let whole = batch.cell(metric, index)
      guard abs(sum - whole) > 1e-9 * whole else { continue }
      throw ProbeFailure(
        "\(metric.rawValue) of \(name(of: points[index])) is \(whole), but its components add up to \(sum)")
    }
  }
}
