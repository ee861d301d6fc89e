import CHAQPlugin
import Core
import Isolation
import PluginLoading

extension Probe {
  static let resultTests: [String: Test] = [
    "status-set": { probe in
      let batch = try probe.baseline()
      for (index, point) in probe.points.enumerated() where batch.status[index] > HAQ_POINT_DOES_NOT_FIT {
        let state =
          batch.status[index] == .max ? "is not set" : "is \(batch.status[index]), which has no meaning"
        throw ProbeFailure("the status of \(probe.name(of: point)) \(state)")
      }
      return .passed
    },
    "columns-filled": { probe in
      try probe.everyCell(of: try probe.baseline()) { value in
        value.isNaN ? "is nan: not written, or not a number" : nil
      }
      return .passed
    },
    "cells-in-range": { probe in
      try probe.everyCell(of: try probe.baseline()) { value in
        value < 0 || value > 1e15 ? "is \(value), outside 0 ... 1e15" : nil
      }
      return .passed
    },
    "points-costed": { probe in
      let batch = try probe.baseline()
      let costed = probe.points.indices.count { batch.status[$0] == HAQ_POINT_OK }
      guard costed > 0 else {
        throw ProbeFailure("no point of the target's own layers and widths has a cost")
      }
      return .passed
    },
    "columns-bounded": { probe in
      let instance = try probe.instance()
      defer { instance.destroy() }
      for points in [probe.points, Array(probe.points.prefix(1))] {
        if let column = try instance.answer(points).overrun {
          throw ProbeFailure(
            "it writes to \(column) outside of the \(points.count) points that it was asked about")
        }
      }
      return .passed
    },
    "columns-wanted": { probe in
      let baseline = try probe.baseline()
      let instance = try probe.instance()
      defer { instance.destroy() }
      for metric in probe.request.metrics {
        let batch = instance.evaluate(probe.points, wanted: [metric])
        guard batch.code == HAQ_OK else {
          throw ProbeFailure(
            "evaluate returns \(batch.code) when only \(metric.rawValue) is wanted: \(batch.text)")
        }
        for (index, point) in probe.points.enumerated() where baseline.status[index] == HAQ_POINT_OK {
          let (all, alone) = (baseline.cell(metric, index), batch.cell(metric, index))
          guard probe.plugin.isMeasured || all.bitPattern == alone.bitPattern || all.isNaN else {
            throw ProbeFailure(
              "\(metric.rawValue) of \(probe.name(of: point)) is \(all), but \(alone) when asked alone")
          }
        }
      }
      guard instance.evaluate(probe.points, wanted: []).code == HAQ_OK else {
        throw ProbeFailure("evaluate fails when only the status is wanted")
      }
      return .passed
    },
    "max-points-respected": { probe in
      let own = probe.plugin.facts.maxPoints
      let largest = own == 0 ? Self.largestBatch : min(own, Self.largestBatch)
      // The same points over and over, so that two rounds tell every answer; the order of points has its own check.
      let count = probe.points.count
      let rounds = (0..<largest).map { probe.points[$0 % count] }
      let few = Array(rounds.prefix(2 * count))
      let (small, large) = (try probe.instance(), try probe.instance())
      defer {
        small.destroy()
        large.destroy()
      }
      let clock = ContinuousClock()
      let start = clock.now
      let expected = try small.answer(few)
      let time = start.duration(to: clock.now) / few.count * largest
      // Slow is no fault: of a slow plugin a batch is tried that takes no longer than this.
      let share = time < Self.longestBatch ? 1 : Self.longestBatch / time
      let tried = Array(rounds.prefix(max(few.count, Int(share * Double(largest)))))
      let batch = large.evaluate(tried)
      guard batch.code == HAQ_OK else {
        throw ProbeFailure(
          "evaluate returns \(batch.code) for \(tried.count) points, which max_points allows: \(batch.text)")
      }
      guard !probe.plugin.isMeasured else { return .passed }
      for row in tried.indices {
        let known = row < few.count ? row : count + row % count
        try probe.expectEqual(
          rounds[row], (expected, known), (batch, row), "in a batch of \(tried.count) points")
      }
      return .passed
    },
    "empty-batch": { probe in
      let instance = try probe.instance()
      defer { instance.destroy() }
      let batch = instance.evaluate([])
      guard batch.code == HAQ_OK else {
        throw ProbeFailure("evaluate returns \(batch.code) for no points: \(batch.text)")
      }
      return .passed
    },
  ]

  /// The most points that any host sends at once (H-26).
  private static let largestBatch = 65_536
  /// What takes longer than this could be ended by the clock of the check.
  private static let longestBatch = Duration.seconds(3)

  /// Throws what `problem` says about a cell whose status promises one.
  private func everyCell(of batch: Batch, _ problem: (Double) -> String?) throws {
    for (index, point) in points.enumerated() where batch.status[index] == HAQ_POINT_OK {
      for metric in request.metrics {
        if let problem = problem(batch.cell(metric, index)) {
          throw ProbeFailure("\(metric.rawValue) of \(name(of: point)) \(problem)")
        }
      }
    }
  }
}
