import Core
public import CostTables
import Diagnostics
import RandomNumbers

/// Measured layers of some tables: what a predictor is fitted to.
public struct Measurements: Sendable {
  /// A point, and the position of the table that it is from.
  struct Entry: Hashable, Sendable {
    var observation: Observation
    var table: Int
  }

  /// By precision, in an order that means nothing; the same shape of one table once.
  let entries: [Precision: [Entry]]
  public let origins: [Predictor.Origin]
  /// Samples of the tables.
  let batches: ClosedRange<Int>
  /// Points that are left out, because a precision has more than are used.
  public let leftOut: Int

  /// - Parameter tables: with their files' names and digests.
  ///
  /// Throws a `Diagnostic` when there is no latency to learn from, or one that is 0.
  public init(_ tables: [(table: LookupTable, origin: Predictor.Origin)], seed: UInt64 = 1) throws {
    var entries: [Precision: [Entry]] = [:]
    var seen: Set<SeenPoint> = []
    for (position, (table, origin)) in tables.enumerated() {
      for point in table.sortedPoints {
        guard let latency = table.cells[point]?[.latency],
          let run = LayerRun(table.network.layers[point.layer], batch: table.network.batch),
          seen.insert(SeenPoint(run: run, precision: point.precision)).inserted
        else { continue }
        guard let observation = Observation(run, latency: latency) else {
          throw Diagnostic(
            "the latency of \"\(table.network.layers[point.layer].name)\" at \(point.widths) is \(latency)",
            at: .init(file: origin.file), hint: "Leave cells that were not measured empty.")
        }
        entries[point.precision, default: []].append(Entry(observation: observation, table: position))
      }
    }
    guard !entries.isEmpty else {
      throw Diagnostic("the tables have no latency of a layer to learn from")
    }
    let batches = tables.map(\.table.network.batch)
    self.batches = (batches.min() ?? 1)...(batches.max() ?? 1)
    origins = tables.map(\.origin)
    var random = RandomSource(seed: seed)
    var kept: [Precision: [Entry]] = [:]
    for (precision, all) in entries.sorted(by: { $0.key.description < $1.key.description }) {
      kept[precision] = Array(all.shuffled(using: &random).prefix(Predictor.mostPoints))
    }
    self.entries = kept
    leftOut = entries.values.reduce(0) { $0 + $1.count } - kept.values.reduce(0) { $0 + $1.count }
  }

  /// A shape at a precision; the first table that has it counts, as layers of one shape cost the same.
  private struct SeenPoint: Hashable {
    var run: LayerRun
    var precision: Precision
  }
}
