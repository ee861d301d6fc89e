package import Core
internal import FixtureBuilding
internal import Foundation
package import PluginLoading

/// A library of ours, a set of parameters for it, and a batch.
package struct Design: Sendable {
  /// Such as `libbismo.so`; the build put it beside the tests.
  package var library: String
  /// Numbers and words by dotted key.
  package var parameters: [String: Parameter.Value]
  package var batch: Int

  package init(library: String, parameters: [String: Parameter.Value], batch: Int) {
    self.library = library
    self.parameters = parameters
    self.batch = batch
  }

  /// The design of a committed spec, `hardware-specs/<id>.json`.
  package static func spec(_ id: String) throws -> Design {
    let url = URL(filePath: Places.package + "/hardware-specs/\(id).json")
    let object = try JSONSerialization.jsonObject(with: try Data(contentsOf: url)) as! [String: Any]
    let model = object["model"] as! [String: Any]
    var design = Design(library: model["library"] as! String, parameters: [:], batch: object["batch"] as! Int)
    design.flatten(object["parameters"] as! [String: Any], prefix: "")
    return design
  }

  private mutating func flatten(_ object: [String: Any], prefix: String) {
    for (key, value) in object {
      switch value {
      case let nested as [String: Any]: flatten(nested, prefix: prefix + key + ".")
      case let text as String: parameters[prefix + key] = .text(text)
      default: parameters[prefix + key] = .number(value as! Double)
      }
    }
  }

  package var clockHertz: Double {
    if case .number(let clock) = parameters["clock_hz"]! { clock } else { .nan }
  }

  /// - Parameter metrics: nil for all that the library provides.
  package func model(metrics: Set<Metric>? = nil) throws -> PluginCostModel {
    let plugin = try LoadedPlugin(path: try Places.builtLibrary(library))
    return try PluginCostModel(
      plugin: plugin, targetID: "test", baseDirectory: Places.package,
      parameters: parameters.map { Parameter(key: $0.key, value: $0.value) },
      metrics: metrics ?? plugin.provides)
  }

  package func network(_ layers: [Layer]) -> Network { Network(name: "test", batch: batch, layers: layers) }

  package func outcomes(of layers: [Layer], at precisions: [Precision]) throws -> [PointOutcome] {
    try model().outcomes(of: Self.points(of: layers, at: precisions), in: network(layers))
  }

  /// Every layer at every precision, layer by layer.
  package static func points(of layers: [Layer], at precisions: [Precision]) -> [Point] {
    layers.indices.flatMap { layer in precisions.map { Point(layer: layer, precision: $0) } }
  }

  /// Cycles of every layer at one precision; fails when a layer cannot be costed.
  package func cycles(of layers: [Layer], at precision: Precision) throws -> [Int] {
    try outcomes(of: layers, at: [precision]).map { try cycles($0) }
  }

  /// The exact cycles behind a latency.
  package func cycles(_ outcome: PointOutcome) throws -> Int {
    try Self.whole(try outcome.cost[.latency]! * clockHertz)
  }

  /// The integer that a cell stands for.
  package static func whole(_ value: Double) throws -> Int {
    // The integer must come back by rounding without doubt, not by luck.
    guard abs(value - value.rounded()) < 0.01 else { throw NotWhole(value: value) }
    return Int(value.rounded())
  }

  package struct NotWhole: Error { var value: Double }

  /// What the library says about this design after `change`; empty when it accepts it.
  package func complaint(
    about layer: Layer, after change: (inout [String: Parameter.Value]) -> Void
  ) throws -> String {
    var design = self
    change(&design.parameters)
    do {
      _ = try design.outcomes(of: [layer], at: [.eight])
      return ""
    } catch let error as PluginError {
      return error.description
    }
  }
}

extension PointOutcome {
  package struct NotCosted: Error { var outcome: PointOutcome }

  package var cost: Cost {
    get throws {
      guard case .cost(let cost) = self else { throw NotCosted(outcome: self) }
      return cost
    }
  }
}

extension Precision {
  package init(_ weight: Int, _ activation: Int) {
    self.init(weight: BitWidth(weight)!, activation: BitWidth(activation)!)
  }

  /// W1A1 ... W8A8, weights first.
  package static let allToEight = (1...8).flatMap { weight in (1...8).map { Precision(weight, $0) } }
}
