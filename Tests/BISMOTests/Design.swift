import FixtureBuilding
import Foundation
import HardwareModel
import PluginLoading

/// A set of parameters for the bismo plugin, and the plugin bound to it.
struct Design: Sendable {
  /// Numbers and words by dotted key.
  var parameters: [String: Parameter.Value]
  var batch: Int

  static let plugin = Result { try LoadedPlugin(path: try Places.builtLibrary("libbismo.so")) }

  /// The design of a committed spec, `hardware-specs/<id>.json`.
  static func spec(_ id: String) throws -> Design {
    let url = URL(filePath: Places.package + "/hardware-specs/\(id).json")
    let object = try JSONSerialization.jsonObject(with: try Data(contentsOf: url)) as! [String: Any]
    var design = Design(parameters: [:], batch: object["batch"] as! Int)
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

  var clock_hz: Double { if case .number(let clock) = parameters["clock_hz"]! { clock } else { .nan } }

  func model(metrics: Set<Metric> = [.latency, .weightBytes, .trafficBytes]) throws -> PluginCostModel {
    try PluginCostModel(
      plugin: Self.plugin.get(), targetID: "test", baseDirectory: Places.package,
      parameters: parameters.map { Parameter(key: $0.key, value: $0.value) }, metrics: metrics)
  }

  func outcomes(of layers: [Layer], at precisions: [Precision]) throws -> [PointOutcome] {
    let points = layers.indices.flatMap { layer in
      precisions.map { Point(layer: layer, precision: $0) }
    }
    return try model().outcomes(of: points, in: Network(name: "test", batch: batch, layers: layers))
  }

  /// Cycles of every layer at one precision; fails when a layer cannot be costed.
  func cycles(of layers: [Layer], at precision: Precision) throws -> [Int] {
    try outcomes(of: layers, at: [precision]).map { try cycles($0) }
  }

  /// The exact cycles behind a latency.
  func cycles(_ outcome: PointOutcome) throws -> Int {
    let cycles = try outcome.cost[.latency]! * clock_hz
    // The integer must come back by rounding without doubt, not by luck.
    guard abs(cycles - cycles.rounded()) < 0.01 else { throw NotWhole(cycles: cycles) }
    return Int(cycles.rounded())
  }

  struct NotWhole: Error { var cycles: Double }
}

extension PointOutcome {
  struct NotCosted: Error { var outcome: PointOutcome }

  var cost: Cost {
    get throws {
      guard case .cost(let cost) = self else { throw NotCosted(outcome: self) }
      return cost
    }
  }
}

extension Precision {
  init(_ weight: Int, _ activation: Int) {
    self.init(weight: BitWidth(weight)!, activation: BitWidth(activation)!)
  }

  /// W1A1 ... W8A8, weights first.
  static let allToEight = (1...8).flatMap { weight in (1...8).map { Precision(weight, $0) } }
}
