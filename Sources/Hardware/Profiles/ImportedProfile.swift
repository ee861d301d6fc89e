public import Core
public import CostTables
public import Diagnostics

/// A profile whose operators are layers of a network, as rows of a cost table.
public struct ImportedProfile: Hashable, Sendable {
  public var match: ProfileMatch
  public var network: Network
  /// In the order of the network.
  public var rows: [CostRow]
  /// Time of operators that are no layer, in seconds.
  public var otherSeconds: Double

  /// - Parameters:
  ///   - bits: The widths of operators whose widths the profile does not state.
  ///   - clockHertz: Turns cycles into seconds; nil for profiles in seconds.
  ///
  /// Throws a `Diagnostic` where no operator is a layer, or widths are nowhere stated.
  public init(
    _ operators: [ProfiledOperator], of network: Network, bits: Precision?, clockHertz: Double?, file: String
  ) throws(Diagnostic) {
    let match = ProfileMatch(of: operators, in: network)
    let place = Diagnostic.Place(file: file)
    guard !match.pairs.isEmpty else {
      let names = operators.filter(\.isLayer).prefix(3).map { "\"\($0.name)\"" }.joined(separator: ", ")
      throw Diagnostic(
        "no operator of the profile is a layer of network \"\(network.name)\" at batch \(network.batch)",
        at: place,
        hint: "Its operators are \(names), ... Is it a profile of another network, or of another batch?")
    }
    if let unknown = match.pairs.first(where: { $0.profiled.precision == nil }), bits == nil {
      throw Diagnostic(
        "the profile does not state at which widths \"\(unknown.profiled.name)\" ran", at: place,
        hint: "Give --bits, such as --bits W8A8.")
    }
    let seconds = { (time: Double) in clockHertz.map { time / $0 } ?? time }
    rows = match.pairs.compactMap { pair in
      guard let precision = pair.profiled.precision ?? bits, let median = pair.profiled.times.middle else {
        return nil
      }
      var row = CostRow(
        number: pair.layer, layer: network.layers[pair.layer], precision: precision,
        costs: [.latency: seconds(median)])
      if pair.profiled.times.count > 1 {
        row.spread = pair.profiled.times.spread
        row.repetitions = pair.profiled.times.count
        row.leastSeconds = pair.profiled.times.min().map(seconds)
      }
      row.notes["operator"] = pair.profiled.name
      return row
    }
    otherSeconds = match.others.compactMap(\.times.middle).map(seconds).reduce(0, +)
    self.match = match
    self.network = network
  }

  /// The cost table.
  public var csv: String { rows.csv(batch: network.batch, metrics: [.latency], notes: ["operator"]) }
}

extension [Double] {
  /// Half the distance between the quartiles, divided by the median.
  fileprivate var spread: Double? {
    guard let middle, middle > 0, let low = quantile(0.25), let high = quantile(0.75) else { return nil }
    return (high - low) / 2 / middle
  }
}
