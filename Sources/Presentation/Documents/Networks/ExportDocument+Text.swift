import Core
import Exporting
import Rendering

extension ExportDocument {
  /// The table for a terminal.
  public var text: String {
    var table = TextTable([
      .init("layer"), .init("bits"), .init("weights", .right), .init("values", .right),
      .init("scales", .right), .init("packed", .right),
    ])
    for layer in layers {
      table.add([
        layer.name, "\(Precision(weight: layer.weightBits, activation: layer.activationBits))",
        "\(layer.weights)",
        "\(layer.valueBytes) B", "\(layer.scaleBytes) B", "\(layer.weightBytes) B",
      ])
    }
    table.addRule()
    table.add([
      "total", "", "\(layers.reduce(0) { $0 + $1.weights })",
      "\(layers.reduce(0) { $0 + $1.valueBytes }) B", "\(layers.reduce(0) { $0 + $1.scaleBytes }) B",
      "\(weightBytes) B",
    ])
    let share = Quantity.percent(Double(weightBytes) / Double(floatWeightBytes))
    return """
      \(network) as \(form.rawValue) in \(output), \(outputBytes) B.

      \(table.text)
      Packed weights are \(share) of \(floatWeightBytes) B in 32-bit floating point; biases, \(biasBytes) B, are not quantized.

      """
  }
}
