extension Layer: Codable {
  private enum CodingKeys: String, CodingKey {
    case name, kind, groups, inputChannels, outputChannels, input, output, kernel, stride, dilation, padding
  }

  /// Tables of earlier versions state neither dilation nor padding.
  ///
  /// Throws for sizes that no layer has, whose products would overflow.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let groups = try Self.size(values, .groups)
    let (inputs, outputs) = (try Self.size(values, .inputChannels), try Self.size(values, .outputChannels))
    let (input, output) = (try Self.extent(values, .input), try Self.extent(values, .output))
    let kernel = try Self.extent(values, .kernel)
    let areas = [input, output].map { Double($0.height) * Double($0.width) }
    let weights = Double(outputs) * Double(inputs / groups) * Double(kernel.height) * Double(kernel.width)
    guard max(weights, Double(max(inputs, outputs))) * max(areas[0], areas[1]) < 0x1p62 else {
      throw DecodingError.dataCorruptedError(
        forKey: .name, in: values, debugDescription: "the sizes of a layer have a product above 2^62")
    }
    self.init(
      name: try values.decode(String.self, forKey: .name), kind: try values.decode(Kind.self, forKey: .kind),
      groups: groups, inputChannels: inputs, outputChannels: outputs, input: input, output: output,
      kernel: kernel, stride: try Self.extent(values, .stride),
      dilation: values.contains(.dilation) ? try Self.extent(values, .dilation) : .one,
      padding: try values.decodeIfPresent(Padding.self, forKey: .padding))
  }

  private static func size(_ values: KeyedDecodingContainer<CodingKeys>, _ key: CodingKeys) throws -> Int {
    try size(try values.decode(Int.self, forKey: key), values, key)
  }

  private static func extent(
    _ values: KeyedDecodingContainer<CodingKeys>, _ key: CodingKeys
  ) throws -> Extent {
    let extent = try values.decode(Extent.self, forKey: key)
    return Extent(
      height: try size(extent.height, values, key), width: try size(extent.width, values, key))
  }

  private static func size(
    _ size: Int, _ values: KeyedDecodingContainer<CodingKeys>, _ key: CodingKeys
  ) throws -> Int {
    guard (1...Int(UInt32.max)).contains(size) else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: values,
        debugDescription: "the layer's \(key.stringValue) is \(size), and must be 1 to \(UInt32.max)")
    }
    return size
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(name, forKey: .name)
    try values.encode(kind, forKey: .kind)
    try values.encode(groups, forKey: .groups)
    try values.encode(inputChannels, forKey: .inputChannels)
    try values.encode(outputChannels, forKey: .outputChannels)
    try values.encode(input, forKey: .input)
    try values.encode(output, forKey: .output)
    try values.encode(kernel, forKey: .kernel)
    try values.encode(stride, forKey: .stride)
    try values.encode(dilation, forKey: .dilation)
    try values.encode(padding, forKey: .padding)
  }
}
