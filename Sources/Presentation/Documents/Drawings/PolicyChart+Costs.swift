public import Core
import Diagnostics
public import Rendering

extension PolicyChart {
  /// The bits of every layer, above the layer's operations per byte on the table's target.
  ///
  /// Bytes are those that the target moves; for a target that does not state them, weights, inputs and outputs moved
  /// once, outputs at the width at which they are stored, or at that of the input where connections are not known. Throws
  /// a `Diagnostic` when the target cannot run a layer at its precision.
  public init(of policy: Policy, in table: CostTable) throws {
    let isStated = table.aggregates.keys.contains(.trafficBytes)
    let entries = try table.network.layers.enumerated().map { index, layer in
      let precision = policy[index]
      guard table.supports(layer: index, under: policy) else {
        throw Diagnostic(
          "target \"\(table.provenance.name)\" cannot run layer \"\(layer.name)\" at \(precision)")
      }
      let stated = isStated ? table.cost(.trafficBytes, layer: index, under: policy) : nil
      let output = table.network.outputWidth(ofLayer: index, under: policy) ?? precision.activation
      let bytes = stated ?? layer.bytesMovedOnce(at: precision, output: output, batch: table.network.batch)
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
  /// Weights, inputs and outputs, each once.
  fileprivate func bytesMovedOnce(at precision: Precision, output: BitWidth, batch: Int) -> Double {
    let activations =
      Double(inputCount) * precision.activation.bitsPerElement + Double(outputCount) * output.bitsPerElement
    return (Double(weightCount) * precision.weight.bitsPerElement + Double(batch) * activations) / 8
  }
}
