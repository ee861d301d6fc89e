public import Core
import Rendering

/// One named part of a layer's costs, as `haq cost --explain` shows it.
public struct CostComponent: Hashable, Sendable, Codable {
  public var name: String
  public var unit: Component.Unit
  /// The metric that it is a part of; absent when it is part of none.
  public var metric: Metric?
  public var value: Double

  /// The parts of point number `point`; nil when there are none.
  public static func all(of table: ComponentTable, point: Int) -> [CostComponent]? {
    table.values[point].map { values in
      zip(table.components, values).map {
        CostComponent(name: $0.name, unit: $0.unit, metric: $0.metric, value: $1)
      }
    }
  }

  /// A table for a terminal; `cost` is what the parts of each metric add up to.
  static func text(of parts: [CostComponent], cost: [Metric: Double]) -> String {
    var table = TextTable([.init("part"), .init("value", .right), .init("of its cost", .right)])
    for part in parts {
      let whole = part.metric.flatMap { cost[$0] } ?? 0
      table.add([
        part.name, Quantity.value(part.value, in: part.unit),
        whole > 0 ? Quantity.percent(part.value / whole) : "",
      ])
    }
    return table.text
  }
}
