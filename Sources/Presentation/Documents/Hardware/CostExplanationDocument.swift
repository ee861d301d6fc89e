import Core
import Diagnostics
import Documents
import Rendering

/// Why one layer costs what it costs: the output of `haq cost --explain`.
struct LayerExplanation: Encodable {
  /// A part of the latency.
  struct Term: Encodable {
    var name: String
    /// What the part would take alone.
    var latency_s: Double
    var is_bound: Bool
  }

  /// What the next narrower width of an operand changes; negative saves.
  struct Saving: Encodable {
    var change: String
    var precision: String
    /// What the target charges that as; absent where it is what was asked for.
    var charged_as: String?
    /// Differences, SI units.
    var cost: [Metric: Double]
  }

  var network: NetworkStamp
  var target: TargetStamp
  var layer: String
  var kind: Layer.Kind
  var precision: String
  /// What the target charges that as; absent where it is what was asked for.
  var charged_as: String?
  /// Of the whole batch.
  var cost: [Metric: Double]
  /// Two per multiply-accumulate, of the whole batch.
  var operations: Double
  var operations_per_second: Double
  /// Absent when the target does not state traffic.
  var operations_per_byte: Double?
  /// Absent when the target does not say where its latency comes from.
  var terms: [Term]?
  /// Absent when the target does not name what its costs are made of.
  var components: [ComponentPart]?
  var savings: [Saving]

  private let shape: Layer

  private enum CodingKeys: String, CodingKey {
    case network, target, layer, kind, precision, charged_as, cost, operations, operations_per_second
    case operations_per_byte, terms, components, savings
  }

  /// Throws a `Diagnostic` when the target cannot run the layer at `precision`.
  init(of layer: Int, at precision: Precision, in table: CostTable) throws {
    shape = table.network.layers[layer]
    network = NetworkStamp(table)
    target = TargetStamp(table)
    self.layer = shape.name
    kind = shape.kind
    self.precision = "\(precision)"
    charged_as = table.costedAs(precision)
    guard let latency = table.cost(.latency, layer: layer, at: precision) else {
      throw Diagnostic("target \"\(target.id)\" cannot run layer \"\(shape.name)\" at \(precision)")
    }
    let metrics = Metric.allCases.filter { table.aggregates.keys.contains($0) }
    func costs(at precision: Precision) -> [Metric: Double] {
      metrics.reduce(into: [:]) { $0[$1] = table.cost($1, layer: layer, at: precision) }
    }
    let cost = costs(at: precision)
    self.cost = cost
    let operations = table.network.operations(ofLayer: layer)
    self.operations = operations
    operations_per_second = latency > 0 ? operations / latency : 0
    operations_per_byte = cost[.trafficBytes].flatMap { $0 > 0 ? operations / $0 : nil }
    terms = table.breakdown(layer: layer, at: precision).map { breakdown in
      [
        Term(name: "compute", latency_s: breakdown.compute_s, is_bound: breakdown.bound == .compute),
        Term(
          name: "weight traffic", latency_s: breakdown.weightTraffic_s,
          is_bound: breakdown.bound == .weightTraffic),
        Term(
          name: "activation traffic", latency_s: breakdown.activationTraffic_s,
          is_bound: breakdown.bound == .activationTraffic),
      ]
    }
    let narrowerWeight = table.weightWidths.last { $0 < precision.weight }
    let narrowerActivation = table.activationWidths.last { $0 < precision.activation }
    let changes: [(String, Precision)] = [
      narrowerWeight.map { ("narrower weights", Precision(weight: $0, activation: precision.activation)) },
      narrowerActivation.map {
        ("narrower activations", Precision(weight: precision.weight, activation: $0))
      },
    ].compactMap { $0 }
    savings = changes.map { change, narrower in
      Saving(
        change: change, precision: "\(narrower)", charged_as: table.costedAs(narrower),
        cost: costs(at: narrower).reduce(into: [:]) { $0[$1.key] = $1.value - (cost[$1.key] ?? 0) })
    }
  }

  /// For a terminal.
  var text: String {
    let latency = cost[.latency] ?? 0
    var text = "\(layer) of \(network.name) on \(target.id) at \(precision), batch \(network.batch)\n"
    text += charged_as.map { "charged as \($0): \(target.id) rounds widths up to what it has\n" } ?? ""
    text +=
      "\(kind.rawValue), \(shape.inputChannels) -> \(shape.outputChannels) channels, \(shape.output) outputs, "
    text += "kernel \(shape.kernel)\n\n"
    var table = TextTable([.init("term"), .init("alone", .right), .init("of the latency", .right), .init("")])
    for term in terms ?? [] {
      table.add([
        term.name, Quantity.seconds(term.latency_s),
        latency > 0 ? Quantity.percent(term.latency_s / latency) : "",
        term.is_bound ? "<- bounds the layer" : "",
      ])
    }
    if terms != nil {
      table.addRule()
      table.add(["latency", Quantity.seconds(latency), "", ""])
      text += table.text
    } else {
      text += "latency \(Quantity.seconds(latency)); the target does not say where it comes from\n"
    }
    for metric in Metric.allCases where metric != .latency {
      if let value = cost[metric] {
        text += "\(metric.title): \(Quantity.cost(value, metric))\n"
      }
    }
    text += "\(Quantity.plain(operations_per_second))operations/s"
    text += operations_per_byte.map { ", \(Quantity.plain($0)) operations per byte" } ?? ""
    let parts = components.map { ComponentPart.text(of: $0, cost: cost) + "\n" } ?? ""
    return text + "\n\n" + parts + savingsText(latency) + target.caution
  }

  private func savingsText(_ latency: Double) -> String {
    let metrics = Metric.allCases.filter { cost.keys.contains($0) }
    guard !savings.isEmpty else { return "Both operands have their narrowest width.\n" }
    var table = TextTable(
      [.init("change"), .init("bits")]
        + metrics.map { .init($0.title, .right) } + [.init("of the latency", .right)])
    for saving in savings {
      let share = latency > 0 ? (saving.cost[.latency] ?? 0) / latency : 0
      table.add(
        [saving.change, saving.precision + (saving.charged_as.map { ", charged as \($0)" } ?? "")]
          + metrics.map { metric in saving.cost[metric].map { Self.signed($0, metric) } ?? "cannot run" }
          + [saving.cost[.latency] == nil ? "" : Quantity.signedPercent(share)])
    }
    return table.text
  }

  private static func signed(_ value: Double, _ metric: Metric) -> String {
    guard value != 0 else { return "0" }
    return (value < 0 ? "-" : "+") + Quantity.cost(abs(value), metric)
  }
}
