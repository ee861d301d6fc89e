package import CHAQPlugin
internal import Core
internal import Glibc

/// Owns a `haq_setup` and all that it points to, unchanged until it is released (H-13).
package final class PluginSetup {
  static let layerLimit = 65_536

  package let pointer: UnsafeMutablePointer<haq_setup>
  private let layers: UnsafeMutableRawPointer
  /// Bytes of each struct in ABI 1.0, the first.
  package static let firstSizes = (layer: 64, setup: 56)
  private let parameters: UnsafeMutableBufferPointer<haq_parameter>
  /// Every text that the structs point to, each from strdup.
  private let texts: [UnsafeMutablePointer<CChar>]

  /// Throws `notRepresentable` when a number or a text does not fit the ABI, or a layer is what the plugin's version
  /// cannot express.
  ///
  /// - Parameter minor: the minor version that the plugin was built for; a plugin of 1.0 gets the structs of 1.0.
  package init(
    plugin: String, minor: UInt32 = HAQ_ABI_MINOR, _ setup: ModelSetup
  ) throws(PluginError) {
    let (targetID, baseDirectory, network) = (setup.targetID, setup.baseDirectory, setup.network)
    // All that can fail comes before the first allocation, since a failing init runs no deinit.
    guard network.layers.count <= Self.layerLimit else {
      throw .notRepresentable(
        plugin: plugin, problem: "\(network.layers.count) layers, of at most \(Self.layerLimit)")
    }
    var layerValues: [haq_layer] = []
    for layer in network.layers {
      guard let (layer, batch) = layer.costed(atBatch: network.batch) else {
        throw .notRepresentable(
          plugin: plugin,
          problem: "rows times batch, or the channels, of layer \"\(layer.name)\" are not a 32-bit count")
      }
      if minor == 0, let window = layer.unusualWindow {
        throw .notRepresentable(
          plugin: plugin,
          problem:
            "layer \"\(layer.name)\" has \(window), and the plugin was built for ABI 1.0, which has no field "
            + "for it. Rebuild it with the header of ABI 1.1")
      }
      layerValues.append(try haq_layer(layer, batch: batch, plugin: plugin))
    }
    guard let batch = UInt32(exactly: network.batch) else {
      throw .notRepresentable(plugin: plugin, problem: "batch \(network.batch) is not a 32-bit count")
    }
    let sorted = setup.parameters.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    let names = [targetID, baseDirectory] + network.layers.map(\.name) + sorted.flatMap(\.texts)
    if let text = names.first(where: { $0.utf8.contains(0) }) {
      throw .notRepresentable(plugin: plugin, problem: "the text \"\(text)\" contains a zero byte")
    }

    var texts: [UnsafeMutablePointer<CChar>] = []
    func keep(_ text: String) -> UnsafePointer<CChar> {
      guard let copy = strdup(text) else { fatalError("out of memory") }
      texts.append(copy)
      return UnsafePointer(copy)
    }
    for index in layerValues.indices { layerValues[index].name = keep(network.layers[index].name) }
    let parameterValues = sorted.map { parameter in
      switch parameter.value {
      case .number(let number): haq_parameter(key: keep(parameter.key), text: nil, number: number)
      case .text(let text): haq_parameter(key: keep(parameter.key), text: keep(text), number: 0)
      }
    }

    let setupSize = minor == 0 ? Self.firstSizes.setup : MemoryLayout<haq_setup>.size
    let layerSize = minor == 0 ? Self.firstSizes.layer : MemoryLayout<haq_layer>.stride
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: max(1, layerValues.count) * layerSize, alignment: 8)
    for (index, value) in layerValues.enumerated() {
      // The fields of 1.0 are the first bytes of the struct, whatever the version (H-5).
      withUnsafeBytes(of: value) { bytes in
        (memory + index * layerSize).copyMemory(from: bytes.baseAddress!, byteCount: layerSize)
      }
    }
    layers = memory
    self.parameters = .allocate(capacity: parameterValues.count)
    _ = self.parameters.initialize(from: parameterValues)
    pointer = .allocate(capacity: 1)
    pointer.initialize(
      to: haq_setup(
        struct_size: UInt32(setupSize), flags: 0,
        target_id: keep(targetID),
        base_directory: keep(baseDirectory), parameters: UnsafePointer(self.parameters.baseAddress),
        parameter_count: UInt64(parameterValues.count),
        layers: UnsafePointer(layers.assumingMemoryBound(to: haq_layer.self)),
        layer_count: UInt32(layerValues.count), layer_size: UInt32(layerSize), batch: batch, reserved: 0))
    self.texts = texts
  }

  deinit {
    pointer.deallocate()
    layers.deallocate()
    parameters.deallocate()
    for text in texts { free(text) }
  }
}

extension Parameter {
  fileprivate var texts: [String] {
    if case .text(let text) = value { [key, text] } else { [key] }
  }
}

extension haq_layer {
  /// All fields but the name; throws when a dimension does not fit 32 bits.
  fileprivate init(_ layer: Layer, batch: Int, plugin: String) throws(PluginError) {
    func narrow(_ value: Int, _ field: String) throws(PluginError) -> UInt32 {
      guard let narrow = UInt32(exactly: value) else {
        throw .notRepresentable(
          plugin: plugin, problem: "\(field) of layer \"\(layer.name)\" is \(value), not a 32-bit count")
      }
      return narrow
    }
    self.init()
    kind = layer.kind.code
    self.batch = try narrow(batch, "batch")
    groups = try narrow(layer.groups, "groups")
    in_channels = try narrow(layer.inputChannels, "in_channels")
    out_channels = try narrow(layer.outputChannels, "out_channels")
    in_height = try narrow(layer.input.height, "input height")
    in_width = try narrow(layer.input.width, "input width")
    out_height = try narrow(layer.output.height, "output height")
    out_width = try narrow(layer.output.width, "output width")
    kernel_height = try narrow(layer.kernel.height, "kernel height")
    kernel_width = try narrow(layer.kernel.width, "kernel width")
    stride_height = try narrow(layer.stride.height, "stride height")
    stride_width = try narrow(layer.stride.width, "stride width")
    dilation_height = try narrow(layer.dilation.height, "dilation height")
    dilation_width = try narrow(layer.dilation.width, "dilation width")
    padding_top = try narrow(layer.padding.top, "padding at the top")
    padding_left = try narrow(layer.padding.left, "padding at the left")
    padding_bottom = try narrow(layer.padding.bottom, "padding at the bottom")
    padding_right = try narrow(layer.padding.right, "padding at the right")
  }
}

extension Layer.Kind {
  fileprivate var code: UInt32 {
    switch self {
    // Sent as a convolution (H-40).
    case .convolution, .transposedConvolution: HAQ_LAYER_CONVOLUTION
    case .depthwise: HAQ_LAYER_DEPTHWISE
    case .fullyConnected: HAQ_LAYER_FULLY_CONNECTED
    case .matmul: HAQ_LAYER_MATMUL
    }
  }
}
