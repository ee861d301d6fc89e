import Core
import Diagnostics
public import Foundation
import Specs

extension CostSheet {
  /// Reads a table as JSON, `docs/table.md` section 3.
  ///
  /// - Parameter clockHertz: turns `cycles` into seconds; without it they are refused.
  ///
  /// Throws `Diagnostics` with every problem.
  public static func readJSON(_ bytes: Data, file: String, clockHertz: Double?) throws -> CostSheet {
    let document = try TableDocument.read(bytes, file: file).document
    let isCycles = document.columns["cycles"] != nil
    guard !isCycles || clockHertz != nil else { throw SheetHeader.noClock(at: .init(file: file)) }
    let titled = Metric.ofTargets.compactMap { metric -> (metric: Metric, title: String)? in
      let title = metric == .latency && isCycles ? "cycles" : metric.rawValue
      return document.columns[title] == nil ? nil : (metric, title)
    }
    let outputs = document.outputWidths?.map(Optional.some) ?? [nil]
    var rows: [Row] = []
    for (index, layer) in document.network.layers.enumerated() {
      for (i, weight) in document.weightWidths.enumerated() {
        for (j, activation) in document.activationWidths.enumerated() {
          for (k, output) in outputs.enumerated() {
            let costs = titled.reduce(into: [Metric: Double]()) { costs, column in
              guard let value = document.columns[column.title]?[index][i][j][k] else { return }
              costs[column.metric] = column.title == "cycles" ? value / (clockHertz ?? .nan) : value
            }
            // Of the output widths of all layers, a layer has some.
            if output != nil, costs.isEmpty { continue }
            let place = titled.first.flatMap { document.places[$0.title]?[index][i][j][k] }
            rows.append(
              Row(
                place: place ?? .init(file: file), layer: index, name: layer.name, shape: LayerShape(layer),
                precision: Precision(weight: weight, activation: activation), output: output,
                costs: costs.isEmpty ? nil : costs))
          }
        }
      }
    }
    return CostSheet(
      file: file, metrics: titled.map(\.metric), latencyUnit: isCycles ? .cycles : .seconds,
      identity: .shapes, rows: rows, batch: document.network.batch, emptyMeansUnmeasured: true)
  }
}

extension LookupTable {
  /// The table as a `haq.table/1.0` document.
  public func json(unit: CostSheet.LatencyUnit) throws -> String {
    var columns: [String: [[[[Double?]]]]] = [:]
    let outputs = outputWidths.isEmpty ? [nil] : outputWidths.map(Optional.some)
    for metric in metrics {
      let isCycles = metric == .latency && unit == .cycles
      columns[isCycles ? "cycles" : metric.rawValue] = try network.layers.indices.map { layer in
        try weightWidths.map { weight in
          try activationWidths.map { activation in
            try outputs.map { output -> Double? in
              let precision = Precision(weight: weight, activation: activation)
              let point = Point(layer: layer, precision: precision, output: output)
              guard let cost = cells[point]?[metric] else { return nil }
              return isCycles ? Double(try cycles(cost, at: point)) : cost
            }
          }
        }
      }
    }
    return TableDocument(
      network: NetworkDocument(name: network.name, batch: network.batch, layers: network.layers),
      weightWidths: weightWidths, activationWidths: activationWidths,
      outputWidths: outputWidths.isEmpty ? nil : outputWidths, columns: columns
    ).text
  }
}
