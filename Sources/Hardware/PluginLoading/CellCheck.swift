internal import CHAQPlugin
internal import Core

/// Turns raw columns into outcomes, or into a fault that names the cell (H-22 to H-24).
struct CellCheck {
  /// Largest cell that can be a cost (H-23).
  static let largest = 1e15

  let plugin: String
  let network: Network
  let points: [Point]

  /// Appends the outcome of every point, in their order.
  func append(to outcomes: inout [PointOutcome], from raw: RawColumns) throws(PluginError) {
    let count = points.count
    precondition(raw.status.count == count)
    let nothing = Cost(values: [:])
    for index in 0..<count {
      switch raw.status[index] {
      case HAQ_POINT_OK:
        var cost = nothing
        for position in raw.metrics.indices {
          let metric = raw.metrics[position]
          let value = raw.cells[position * count + index]
          guard value >= 0, value <= Self.largest else {
            throw fault(point: index, column: metric.rawValue, Self.problem(with: value))
          }
          // Adding positive zero turns negative zero into it and changes nothing else.
          cost[metric] = value + 0
        }
        outcomes.append(.cost(cost))
      case HAQ_POINT_UNSUPPORTED: outcomes.append(.unsupported)
      case HAQ_POINT_DOES_NOT_FIT: outcomes.append(.doesNotFit)
      case .max: throw fault(point: index, column: "status", "was not set")
      case let other: throw fault(point: index, column: "status", "is \(other), which has no meaning")
      }
    }
  }

  /// The breakdown in row `row` of `raw`, which is that of point number `point`.
  func breakdown(from raw: RawBreakdown, row: Int, point: Int) throws(PluginError) -> Breakdown {
    let count = raw.bound.count
    let bound: Breakdown.Bound
    switch raw.bound[row] {
    case HAQ_BOUND_COMPUTE: bound = .compute
    case HAQ_BOUND_WEIGHT_TRAFFIC: bound = .weightTraffic
    case HAQ_BOUND_ACTIVATION_TRAFFIC: bound = .activationTraffic
    case .max: throw fault(point: point, column: "breakdown.bound", "was not set")
    case let other: throw fault(point: point, column: "breakdown.bound", "is \(other), which has no meaning")
    }
    return Breakdown(
      computeSeconds: try checked(raw.cells[row], column: "breakdown.compute_s", point: point),
      weightTrafficSeconds: try checked(
        raw.cells[count + row], column: "breakdown.weight_traffic_s", point: point),
      activationTrafficSeconds: try checked(
        raw.cells[2 * count + row], column: "breakdown.activation_traffic_s", point: point),
      bound: bound)
  }

  func checked(_ value: Double, column: String, point: Int) throws(PluginError) -> Double {
    guard value >= 0, value <= Self.largest else {
      throw fault(point: point, column: column, Self.problem(with: value))
    }
    return value + 0
  }

  static func problem(with value: Double) -> String {
    value.isNaN ? "is nan: not written, or not a number" : "is \(value), outside 0 ... 1e15"
  }

  func fault(point: Int, column: String, _ problem: String) -> PluginError {
    .fault(
      plugin: plugin, layer: network.layers[points[point].layer].name, widths: points[point].widths,
      column: column, problem: problem)
  }
}
