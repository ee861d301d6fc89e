import CHAQPlugin
import Core
import Isolation
import PluginLoading

extension Probe {
  static let determinismTests: [String: Test] = [
    "repeat": { probe in
      try probe.compare("at a second call of the same instance") { instance in
        _ = try instance.answer(probe.points)
        return try instance.answer(probe.points)
      }
    },
    "order": { probe in
      var generator = probe.generator
      let order = probe.points.indices.shuffled(using: &generator)
      return try probe.compare(order: order, "in another order") {
        try $0.answer(order.map { probe.points[$0] })
      }
    },
    "split": { probe in
      if probe.plugin.isMeasured { return Self.measured }
      let whole = try probe.baseline()
      let instance = try probe.instance()
      defer { instance.destroy() }
      for index in stride(from: 0, to: probe.points.count, by: max(1, probe.points.count / 64)) {
        let point = probe.points[index]
        try probe.expectEqual(
          point, (whole, index), (try instance.answer([point]), 0), "in a separate batch")
      }
      return .passed
    },
    "duplicates": { probe in
      let order = probe.points.indices.prefix(probe.points.count / 2).flatMap { [$0, $0] }
      return try probe.compare(order: order, "when it appears twice in a batch") {
        try $0.answer(order.map { probe.points[$0] })
      }
    },
    "after-error": { probe in
      try probe.compare("after a call that failed") { instance in
        var beyond = probe.points[0]
        beyond.layer = .max
        _ = instance.evaluate([beyond])
        return try instance.answer(probe.points)
      }
    },
    "other-thread": { probe in
      try probe.compare("on another thread") { instance in
        try probe.onThreads(1) { try instance.answer(probe.points) }[0]
      }
    },
  ]

  /// Compares a fresh instance's answers with those of another one.
  ///
  /// - Parameter order: which of the points the answers are about; nil for all in order.
  private func compare(
    order: [Int]? = nil, _ when: String, _ answer: (ProbedInstance) throws -> Batch
  ) throws -> Verdict {
    if plugin.isMeasured { return Self.measured }
    let order = order ?? Array(points.indices)
    // The reference is another instance, which never sees the variation.
    let all = try baseline()
    let instance = try instance()
    defer { instance.destroy() }
    let batch = try answer(instance)
    for (row, index) in order.enumerated() {
      try expectEqual(points[index], (all, index), (batch, row), when)
    }
    return .passed
  }

  private static let measured = Verdict.skipped("the plugin measures hardware (HAQ_MEASURED)")
}
