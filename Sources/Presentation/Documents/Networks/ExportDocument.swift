import Core
import Exporting
import Rendering

/// What `haq export` prints: the packed size of every layer.
struct ExportReport: Encodable {
  var network: String
  var form: ExportForm
  var output: String
  /// Of the file written.
  var output_bytes: Int
  var layers: [Layer]
  /// Codes and scales of all layers.
  var weight_bytes: Int
  var bias_bytes: Int
  /// The same weights as 32-bit floats.
  var float_weight_bytes: Int
  var program_version = ProgramVersion.current

  struct Layer: Encodable {
    var name: String
    var weight_bits: BitWidth
    var activation_bits: BitWidth
    var weights: Int
    var scales: Int
    var code_bytes: Int
    var scale_bytes: Int
    var weight_bytes: Int
  }

  init(_ size: PackedSize, network: String, form: ExportForm, output: String, bytes: Int) {
    self.network = network
    self.form = form
    self.output = output
    output_bytes = bytes
    layers = size.layers.map {
      Layer(
        name: $0.name, weight_bits: $0.precision.weight, activation_bits: $0.precision.activation,
        weights: $0.weightCount, scales: $0.scaleCount, code_bytes: $0.codeBytes,
        scale_bytes: $0.scaleBytes, weight_bytes: $0.weightBytes)
    }
    weight_bytes = layers.reduce(0) { $0 + $1.weight_bytes }
    bias_bytes = size.layers.reduce(0) { $0 + $1.biasBytes }
    float_weight_bytes = layers.reduce(0) { $0 + 4 * $1.weights }
  }

  var text: String {
    var table = TextTable([
      .init("layer"), .init("bits"), .init("weights", .right), .init("codes", .right),
      .init("scales", .right), .init("packed", .right),
    ])
    for layer in layers {
      table.add([
        layer.name, "W\(layer.weight_bits)A\(layer.activation_bits)", "\(layer.weights)",
        "\(layer.code_bytes) B", "\(layer.scale_bytes) B", "\(layer.weight_bytes) B",
      ])
    }
    table.addRule()
    table.add([
      "total", "", "\(layers.reduce(0) { $0 + $1.weights })",
      "\(layers.reduce(0) { $0 + $1.code_bytes }) B", "\(layers.reduce(0) { $0 + $1.scale_bytes }) B",
      "\(weight_bytes) B",
    ])
    let share = Quantity.percent(Double(weight_bytes) / Double(float_weight_bytes))
    return """
      \(network) as \(form.rawValue) in \(output), \(output_bytes) B.

      \(table.text)
      Packed weights are \(share) of \(float_weight_bytes) B in 32-bit floats; biases, \(bias_bytes) B, stay floats.

      """
  }
}

extension ExportForm: Encodable {}
