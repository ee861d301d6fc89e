extension Layer: Codable {
  private enum CodingKeys: String, CodingKey {
    case name, kind, groups, inputChannels, outputChannels, input, output, kernel, stride, dilation, padding
  }

  /// Tables of earlier versions state neither dilation nor padding.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      name: try values.decode(String.self, forKey: .name), kind: try values.decode(Kind.self, forKey: .kind),
      groups: try values.decode(Int.self, forKey: .groups),
      inputChannels: try values.decode(Int.self, forKey: .inputChannels),
      outputChannels: try values.decode(Int.self, forKey: .outputChannels),
      input: try values.decode(Extent.self, forKey: .input),
      output: try values.decode(Extent.self, forKey: .output),
      kernel: try values.decode(Extent.self, forKey: .kernel),
      stride: try values.decode(Extent.self, forKey: .stride),
      dilation: try values.decodeIfPresent(Extent.self, forKey: .dilation) ?? .one,
      padding: try values.decodeIfPresent(Padding.self, forKey: .padding))
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
