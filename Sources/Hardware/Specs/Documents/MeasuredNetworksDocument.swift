public import Core
public import Diagnostics
public import Foundation

/// Whole networks under policies and the latencies that were measured of them; the format is `docs/measured-networks.md`.
public struct MeasuredNetworksDocument: Hashable, Sendable {
  public var networks: [Network]
  public var runs: [Run]

  /// One network under one policy.
  public struct Run: Hashable, Sendable {
    /// Position among the networks.
    public var network: Int
    public var policy: Policy
    /// Seconds of the whole batch, > 0.
    public var latency: Double
    /// Half the distance between the quartiles of the repetitions, by their median; nil where nobody says.
    public var spread: Double?

    public init(network: Int, policy: Policy, latency: Double, spread: Double? = nil) {
      self.network = network
      self.policy = policy
      self.latency = latency
      self.spread = spread
    }
  }

  /// - Precondition: every run is of a network that there is, with a precision for each of its layers.
  public init(networks: [Network], runs: [Run]) {
    precondition(
      runs.allSatisfy {
        networks.indices.contains($0.network)
          && networks[$0.network].layers.count == $0.policy.precisions.count
      })
    self.networks = networks
    self.runs = runs
  }

  /// The networks and runs of both.
  public func joined(to other: MeasuredNetworksDocument) -> MeasuredNetworksDocument {
    MeasuredNetworksDocument(
      networks: networks + other.networks,
      runs: runs
        + other.runs.map {
          Run(network: networks.count + $0.network, policy: $0.policy, latency: $0.latency, spread: $0.spread)
        })
  }

  private static let mostRuns = 100_000
  private static let longest = 1e6

  /// Reads and checks a file, named `file` in messages; throws `Diagnostics` with every problem.
  public static func read(
    _ bytes: Data, file: String
  ) throws -> (document: MeasuredNetworksDocument, warnings: [Diagnostic]) {
    let value = try PositionedValue.read(bytes, file: file)
    let read = try SchemaVersion.measuredNetworks.read(value, as: "the measured networks") { reader in
      let networks = reader.required("networks", networks)
      guard let networks else { return nil as MeasuredNetworksDocument? }
      let runs = reader.required("runs", .list(of: run(of: networks), count: 1...mostRuns))
      return runs.map { MeasuredNetworksDocument(networks: networks, runs: $0) }
    }
    return (read.value, read.warnings)
  }

  private static let networks = Form.list(of: network, count: 1...mostRuns).then {
    networks, value, name, problems in
    let names = networks.map(\.name)
    guard Set(names).count < names.count else { return networks as [Network]? }
    problems.add(
      "two of \(name) have one name", at: value.place,
      hint: "Runs refer to networks by name, so names must differ, also between batches.")
    return nil
  }

  private static let network = Form<Network>.object { reader in
    let name = reader.required("name", .text)
    let batch = reader.required("batch", .integer(1...NetworkDocument.largestBatch))
    let layers = reader.required("layers", NetworkDocument.uniqueLayers)
    let readers = reader.optional("output_readers", readers)
    guard let name, let batch, let layers else { return nil }
    guard case .value(let lists) = readers else {
      if case .refused = readers { return nil }
      return Network(name: name, batch: batch, layers: layers)
    }
    guard lists.count == layers.count, lists.joined().allSatisfy(layers.indices.contains) else {
      reader.problems.add(
        "\"output_readers\" of \"\(name)\" must have a list of positions of layers for each of the "
          + "\(layers.count) layers", at: reader.value(of: "output_readers")?.place ?? reader.place)
      return nil
    }
    return Network(name: name, batch: batch, layers: layers, outputReaders: lists)
  }

  private static let readers = Form<[[Int]]>.list(
    of: .list(of: .integer(0...NetworkDocument.largestLayerCount)),
    count: 1...NetworkDocument.largestLayerCount)

  private static func run(of networks: [Network]) -> Form<Run> {
    .object { reader in
      let name = reader.required("network", .word(networks.map(\.name)))
      let precisions = reader.required("precisions", .list(of: precision))
      let latency = reader.required("latency_s", .number(1e-12...longest, "1e-12 to \(longest) seconds"))
      let spread = reader.optional("spread", .number(0...longest, "at least 0"))
      guard let name, let precisions, let latency,
        let network = networks.firstIndex(where: { $0.name == name })
      else { return nil }
      let count = networks[network].layers.count
      guard precisions.count == count else {
        reader.problems.add(
          "\"precisions\" has \(precisions.count) entries; \"\(name)\" has \(count) layers", at: reader.place)
        return nil
      }
      return Run(network: network, policy: Policy(precisions), latency: latency, spread: spread.value)
    }
  }

  private static let precision = Form<String>.text.then { text, value, name, problems -> Precision? in
    if let precision = Precision(text) { return precision }
    problems.add("\(name) is \"\(text.prefix(40))\"; write such as W8A8 or bf16/bf16", at: value.place)
    return nil
  }

  /// The file's text; reading it gives this document again.
  public var text: String {
    let networks = networks.map { network in
      var fields: [(String, JSONText)] = [
        ("name", .text(network.name)), ("batch", .integer(network.batch)),
        ("layers", .list(network.layers.map(NetworkDocument.written))),
      ]
      if let readers = network.outputReaders {
        fields.append(("output_readers", .inline(readers.map { .inline($0.map { .integer($0) }) })))
      }
      return JSONText.object(fields)
    }
    let runs = runs.map { run in
      var fields: [(String, JSONText)] = [
        ("network", .text(self.networks[run.network].name)), ("latency_s", .number(run.latency)),
      ]
      if let spread = run.spread { fields.append(("spread", .number(spread))) }
      fields.append(("precisions", .inline(run.policy.precisions.map { .text("\($0)") })))
      return JSONText.object(fields)
    }
    return JSONText.object([
      ("schema", .text(SchemaVersion.measuredNetworks.text)), ("networks", .list(networks)),
      ("runs", .list(runs)),
    ]).document
  }
}
