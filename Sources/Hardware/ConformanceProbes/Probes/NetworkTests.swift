import CHAQPlugin
import Core
import Isolation
import PluginLoading

/// The tests of `haq.network/1`, rule H-32.
extension Probe {
  static let networkTests: [String: Test] = [
    "network-answers": { probe in
      try probe.withNetwork { instance, policies in
        let batch = try probe.networkAnswer(instance, policies)
        for (row, policy) in policies.enumerated() {
          for metric in probe.request.networkMetrics {
            let value = batch.cell(metric, row)
            guard value >= 0, value <= 1e15 else {
              throw ProbeFailure(
                "\(metric.rawValue) of the network, \(policy.widthsText), is \(value), outside 0 ... 1e15")
            }
          }
        }
        let none = instance.evaluateNetwork([], policies: 0)
        guard none.code == HAQ_OK else {
          throw ProbeFailure("it returns \(none.code) for no policies: \(none.text)")
        }
        return .passed
      }
    },
    "network-repeat": { probe in
      guard !probe.plugin.isMeasured else { return .skipped("the plugin measures real hardware") }
      return try probe.withNetwork { instance, policies in
        let first = try probe.networkAnswer(instance, policies)
        let second = try probe.networkAnswer(instance, policies)
        let reversed = try probe.networkAnswer(instance, policies.reversed())
        for (row, policy) in policies.enumerated() {
          let alone = try probe.networkAnswer(instance, [policy])
          for (other, otherRow, when) in [
            (second, row, "in a second call"), (reversed, policies.count - 1 - row, "in another order"),
            (alone, 0, "in a separate batch"),
          ] {
            for metric in probe.request.networkMetrics {
              let (a, b) = (first.cell(metric, row), other.cell(metric, otherRow))
              guard a.bitPattern == b.bitPattern || (a.isNaN && b.isNaN) else {
                throw ProbeFailure(
                  "\(metric.rawValue) of the network, \(policy.widthsText), is \(a), but \(b) \(when)")
              }
            }
          }
        }
        return .passed
      }
    },
    "network-of-one": { probe in
      guard !probe.plugin.isMeasured else { return .skipped("the plugin measures real hardware") }
      for layer in probe.request.setup.network.layers {
        let verdict = try probe.withNetwork(
          changing: { $0.network.layers = [layer] },
          test: { instance, policies in
            let network = try probe.networkAnswer(instance, policies)
            let alone = try instance.answer(policies.flatMap(\.points))
            for (row, policy) in policies.enumerated() {
              for metric in probe.request.networkMetrics {
                let (whole, part) = (network.cell(metric, row), alone.cell(metric, row))
                // Cells that are no numbers fail the check that is about that.
                if abs(whole - part) > 1e-9 * part {
                  throw ProbeFailure(
                    "\(metric.rawValue) of a network of layer \"\(layer.name)\" alone, \(policy.widthsText), is "
                      + "\(whole), but the layer's is \(part)")
                }
              }
            }
            return .passed
          })
        guard verdict == .passed else { return verdict }
      }
      return .passed
    },
    "network-malformed": { probe in
      try probe.withNetwork { instance, policies in
        let layerCount = UInt32(probe.request.setup.network.layers.count)
        // The last point's layer is neither of these: the probed network has several layers.
        for layer in [layerCount, 0, .max] {
          var points = policies[0].points
          points[points.count - 1].layer = layer
          let code = instance.evaluateNetwork(points, policies: 1).code
          guard code == HAQ_ERROR_INVALID else {
            throw ProbeFailure(
              "it returns \(code) for a policy whose last point is of layer \(layer), not HAQ_ERROR_INVALID")
          }
        }
        return .passed
      }
    },
  ]

  /// One policy of the probed network.
  struct ProbedPolicy {
    var precision: (weight: UInt16, activation: UInt16)
    var points: [haq_point]

    var widthsText: String { "every layer at W\(precision.weight)A\(precision.activation)" }
  }

  /// A fresh instance with the uniform policies that all of its layers have a cost for; skipped where the target has no
  /// metric of the network as a whole.
  private func withNetwork(
    changing change: (inout ModelSetup) -> Void = { _ in },
    test: (ProbedInstance, [ProbedPolicy]) throws -> Verdict
  ) throws -> Verdict {
    guard !request.networkMetrics.isEmpty else {
      return .skipped("the spec has no metric of the network as a whole")
    }
    guard plugin.providesNetwork else {
      throw ProbeFailure(
        "the spec has metrics of the network as a whole, but it does not offer haq.network/1")
    }
    var setup = request.setup
    change(&setup)
    let instance = try instance(change)
    defer { instance.destroy() }
    let policies = request.weightWidths.flatMap { weight in
      request.activationWidths.map { activation in
        ProbedPolicy(
          precision: (UInt16(weight.bits), UInt16(activation.bits)),
          points: setup.network.layers.indices.map {
            haq_point(Point(layer: $0, precision: Precision(weight: weight, activation: activation)))
          })
      }
    }
    let runnable = try policies.filter { policy in
      try instance.answer(policy.points).status.allSatisfy { $0 == HAQ_POINT_OK }
    }
    guard runnable.isEmpty else { return try test(instance, runnable) }
    // Where no pair serves every layer, each takes the first that serves it.
    let mixed = try setup.network.layers.indices.compactMap { layer in
      try policies.map { $0.points[layer] }
        .first { try instance.answer([$0]).status.first == HAQ_POINT_OK }
    }
    guard mixed.count == setup.network.layers.count, let policy = policies.first else {
      return .blocked("a layer has a cost at no pair of widths")
    }
    return try test(instance, [ProbedPolicy(precision: policy.precision, points: mixed)])
  }

  /// The costs of policies; throws when the call fails, writes outside of them, or leaves a status.
  private func networkAnswer(_ instance: ProbedInstance, _ policies: [ProbedPolicy]) throws -> Batch {
    let batch = instance.evaluateNetwork(policies.flatMap(\.points), policies: policies.count)
    guard batch.code == HAQ_OK else {
      throw ProbeFailure("evaluate of haq.network/1 returns \(batch.code) for legal policies: \(batch.text)")
    }
    if let column = batch.overrun {
      throw ProbeFailure(
        "it writes to \(column) outside of the \(policies.count) policies that it was asked about")
    }
    if let row = batch.status.firstIndex(where: { $0 != HAQ_POINT_OK }) {
      let state = batch.status[row] == .max ? "is not set" : "is \(batch.status[row]), not HAQ_POINT_OK"
      throw ProbeFailure("the status of the network, \(policies[row].widthsText), \(state)")
    }
    return batch
  }
}
