public import Core
import Diagnostics
public import Rendering

extension PolicyChart {
  /// The bits of every layer, above the layer's operations per byte on the table's target.
  ///
  /// Bytes are those that the target moves; for a target that does not state them, weights, inputs and outputs moved
  /// once. Throws a `Diagnostic` when the target cannot run a layer at its precision.
  public init(of policy: Policy, in table: CostTable) throws {
    let isStated = table.aggregates.keys.contains(.trafficBytes)
    let entries = try table.network.layers.enumerated().map { index, layer in
      let precision = policy[index]
      guard table.supports(layer: index, at: precision) else {
        throw Diagnostic(
          "target \"\(table.provenance.name)\" cannot run layer \"\(layer.name)\" at \(precision)")
      }
      let stated = isStated ? table.cost(.trafficBytes, layer: index, at: precision) : nil
      let bytes = stated ?? layer.bytesMovedOnce(at: precision, batch: table.network.batch)
      let operations = table.network.operations(ofLayer: index)
      return Entry(
        name: layer.name, group: .init(layer), precision: precision,
        intensity: bytes > 0 ? operations / bytes : 0)
    }
    self.init(
      title: "\(table.network.name) on \(TargetStamp(table).title)", entries: entries,
      intensityTitle: isStated ? "operations per byte" : "operations per byte, each moved once")
  }
}

extension Layer {
  /// Weights, inputs and outputs, each once; outputs at the width of the inputs.
  fileprivate func bytesMovedOnce(at precision: Precision, batch: Int) -> Double {
    let activations = Double(batch * (inputCount + outputCount) * precision.activation.bits)
    return (Double(weightCount * precision.weight.bits) + activations) / 8
  }
}
