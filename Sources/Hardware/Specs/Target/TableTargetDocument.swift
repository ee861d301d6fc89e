public import Core

/// The spec of a target whose costs are in a table file; `docs/spec.md` section 5.
public struct TableTargetDocument: Sendable {
  public var id: String
  /// The table's file name, beside the spec.
  public var file: String
  public var sha256: String
  /// What the table was made from, for the spec's sources.
  public var origin: String
  public var network: Network
  public var weightWidths: [BitWidth]
  public var activationWidths: [BitWidth]
  /// Those that were measured.
  public var pairs: WidthRules.Pairs
  /// Must have latency.
  public var metrics: [Metric]
  /// For a table in cycles.
  public var clockHertz: Double?
  /// `cycles` or `seconds`, for a `.npy` file only.
  public var numPyUnit: String?
  /// Whether the file predicts costs from measured ones.
  public var isPredictor = false
  public var evidence: Evidence?

  public init(
    id: String, file: String, sha256: String, origin: String, network: Network, weightWidths: [BitWidth],
    activationWidths: [BitWidth], pairs: WidthRules.Pairs, metrics: [Metric], clockHertz: Double?,
    numPyUnit: String?
  ) {
    self.id = id
    self.file = file
    self.sha256 = sha256
    self.origin = origin
    self.network = network
    self.weightWidths = weightWidths
    self.activationWidths = activationWidths
    self.pairs = pairs
    self.metrics = metrics
    self.clockHertz = clockHertz
    self.numPyUnit = numPyUnit
  }

  private var isOfBits: Bool { (weightWidths + activationWidths).allSatisfy(\.isNumberOfBits) }

  /// The widths and their pairs, or all pairs where bits do not tell all.
  private var formats: [(String, JSONText)] {
    guard !isOfBits else {
      return [
        ("weight_bits", .inline(weightWidths.map { .integer($0.bits) })),
        ("activation_bits", .inline(activationWidths.map { .integer($0.bits) })), ("pairs", pairsText),
      ]
    }
    let legal = weightWidths.flatMap { weight in
      activationWidths.map { Precision(weight: weight, activation: $0) }
    }.filter(pairs.allows)
    var fields: [(String, JSONText)] = [("precisions", .inline(legal.map { .text("\($0)") }))]
    // Relative budgets are shares of 8 bit where that was measured, else of the widest.
    if !legal.contains(.eight), let widest = legal.last { fields.append(("reference", .text("\(widest)"))) }
    return fields
  }

  private var pairsText: JSONText {
    switch pairs {
    case .all: .text("all")
    case .equal: .text("equal")
    case .listed(let pairs):
      .inline(
        pairs.sorted().map { .text("\($0)") })
    }
  }

  /// The spec file's text.
  public var text: String {
    let kinds = Layer.Kind.allCases.filter { kind in network.layers.contains { $0.kind == kind } }
    let buffers: Set<Metric> = [.bufferBytes]
    let aggregates = metrics.map { metric in
      (
        metric.key,
        JSONText.object([("aggregate", .text(buffers.contains(metric) ? "max" : "sum"))])
      )
    }
    var model: [(String, JSONText)] = [
      ("kind", .text(isPredictor ? "predictor" : "table")), ("file", .text(file)), ("sha256", .text(sha256)),
    ]
    if let numPyUnit {
      model += [("unit", .text(numPyUnit)), ("network_sha256", .text(network.shapeSHA256))]
    }
    let name = isPredictor ? "Predictor \(id)" : "Table \(file)"
    let summary =
      isPredictor
      ? "Latencies predicted from measured layers, with how sure they are."
      : "Costs that were measured or computed elsewhere, from \(file)."
    let title = isPredictor ? origin : "the table \(origin)"
    let stated = evidence.map { evidence -> (String, JSONText) in
      let (status, statement) = (evidence.status.rawValue, evidence.statement)
      return ("evidence", .object([("status", .text(status)), ("statement", .text(statement))]))
    }
    var fields: [(String, JSONText)] =
      [
        ("schema", .text(isOfBits ? "haq.target/1.0" : SchemaVersion.target.text)), ("id", .text(id)),
        ("name", .text(name)), ("version", .text("1.0.0")), ("summary", .text(summary)),
        (
          "sources",
          .list([.object([("title", .text(title)), ("used_for", .text("every cost"))])])
        ),
      ] + (stated.map { [$0] } ?? []) + [
        ("batch", .integer(network.batch)),
        (
          "capabilities",
          .object(
            [
              ("layers", .inline(kinds.map { .text($0.rawValue) }))
            ] + formats + [("other_widths", .text("reject")), ("metrics", .object(aggregates))])
        ), ("model", .object(model)),
      ]
    if let clockHertz { fields.append(("parameters", .object([("clock_hz", .number(clockHertz))]))) }
    return JSONText.object(fields).document
  }
}
