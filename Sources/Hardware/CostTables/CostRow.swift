public import Core

/// A line of a cost table that also says how sure its costs are.
public struct CostRow: Hashable, Sendable {
  /// Position in the table's list of layers, from 0.
  public var number: Int
  public var layer: Layer
  public var precision: Precision
  /// SI units, for the whole batch; nil when the target cannot run the point.
  public var costs: [Metric: Double]?
  /// Half the distance between the quartiles of the repetitions, divided by their median; nil where nothing was repeated.
  public var spread: Double?
  public var repetitions: Int?
  /// The least of the repetitions.
  public var leastSeconds: Double?
  /// Cells of further columns, by the name of the column without its `x-`.
  public var notes: [String: String] = [:]

  public init(number: Int, layer: Layer, precision: Precision, costs: [Metric: Double]?) {
    self.number = number
    self.layer = layer
    self.precision = precision
    self.costs = costs
  }
}

extension [CostRow] {
  /// The table as `.csv` (docs/table.md section 2), for any list of layers: every line states batch and shape.
  ///
  /// - Parameters:
  ///   - batch: Samples per inference, which costs are of.
  ///   - metrics: In the order of the columns.
  ///   - notes: Columns of notes, without their `x-`.
  public func csv(batch: Int, metrics: [Metric], notes: [String] = []) -> String {
    let columns =
      ["layer", "name", "batch"] + SheetHeader.shape + SheetHeader.window + [
        "weight_bits", "activation_bits",
      ]
      + metrics.map(\.rawValue) + (["spread", "repetitions", "least_s"] + notes).map { "x-\($0)" }
    let lines = [columns] + map { $0.cells(batch: batch, metrics: metrics, notes: notes) }
    return lines.map { $0.joined(separator: ",") + "\n" }.joined()
  }
}

extension CostRow {
  fileprivate func cells(batch: Int, metrics: [Metric], notes: [String]) -> [String] {
    func text(_ value: (some CustomStringConvertible)?) -> String { value.map { "\($0)" } ?? "" }
    return [
      "\(number)", CSVCell.text(layer.name), "\(batch)", layer.kind.rawValue, "\(layer.groups)",
      "\(layer.inputChannels)", "\(layer.outputChannels)", "\(layer.input)", "\(layer.output)",
      "\(layer.kernel)", "\(layer.stride)", "\(layer.dilation)", "\(layer.padding)", "\(precision.weight)",
      "\(precision.activation)",
    ] + metrics.map { text(costs?[$0]) } + [text(spread), text(repetitions), text(leastSeconds)]
      + notes.map { CSVCell.text(self.notes[$0] ?? "") }
  }
}
