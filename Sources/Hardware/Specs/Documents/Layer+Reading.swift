import Core

/// Channels, extents and counts above this are mistakes, and their products could overflow.
let largestDimension = 16_777_215

extension Form<Extent> {
  /// `7` for a square, or `[height, width]`.
  static var extent: Form {
    Form { value, name, problems in
      if case .list = value.content {
        let sides = Form<[Int]>.list(of: .integer(1...largestDimension), count: 2...2)
        return sides.read(value, name, problems).map { Extent(height: $0[0], width: $0[1]) }
      }
      return Form<Int>.integer(1...largestDimension).read(value, name, problems).map(Extent.init(square:))
    }
  }
}

extension Form<Layer.Padding> {
  /// `1` for all sides, or `[top, left, bottom, right]`.
  static var padding: Form {
    Form { value, name, problems in
      if case .list = value.content {
        let sides = Form<[Int]>.list(of: .integer(0...largestDimension), count: 4...4)
        return sides.read(value, name, problems).map {
          Layer.Padding(top: $0[0], left: $0[1], bottom: $0[2], right: $0[3])
        }
      }
      return Form<Int>.integer(0...largestDimension).read(value, name, problems).map { Layer.Padding($0) }
    }
  }
}

extension Form<Layer> {
  /// A layer whose `name` key is required.
  static var namedLayer: Form { layer(name: { $0.required("name", .text) }) }

  /// A layer that is called `name` unless it says otherwise.
  static func layer(unnamed name: String) -> Form {
    layer(name: { $0.optional("name", .text).or(name) })
  }

  private static func layer(name readName: @escaping @Sendable (ObjectReader) -> String?) -> Form {
    .object { reader in
      let name = readName(reader)
      guard let kind = reader.required("kind", .layerKind) else {
        // Which keys belong here depends on the kind, so the rest cannot be judged.
        reader.acceptAllKeys()
        return nil
      }
      let size = Form<Int>.integer(1...largestDimension)
      let inputChannels = reader.required("in_channels", size)
      let outputChannels = reader.required("out_channels", size)
      let groups = reader.optional("groups", size).or(kind == .depthwise ? inputChannels ?? 1 : 1)
      let hasExtent = kind.hasWindow
      let input =
        hasExtent ? reader.required("input", .extent) : reader.optional("input", .extent).or(.one)
      let output =
        hasExtent ? reader.required("output", .extent) : reader.optional("output", .extent).or(input ?? .one)
      let kernel =
        hasExtent ? reader.required("kernel", .extent) : reader.optional("kernel", .extent).or(.one)
      let stride = reader.optional("stride", .extent).or(.one)
      let dilation = reader.optional("dilation", .extent).or(.one)
      let padding = reader.optional("padding", .padding)
      if case .refused = padding { return nil }
      guard let name, let inputChannels, let outputChannels, let groups, let input, let output, let kernel,
        let stride, let dilation
      else { return nil }
      let layer = Layer(
        name: name, kind: kind, groups: groups, inputChannels: inputChannels, outputChannels: outputChannels,
        input: input, output: output, kernel: kernel, stride: stride, dilation: dilation,
        padding: padding.value)
      let contradictions = layer.contradictions(isPadded: padding.value != nil)
      for (key, message) in contradictions {
        reader.problems.add(
          "layer \"\(name)\": \(message)", at: reader.value(of: key)?.place ?? reader.place)
      }
      return contradictions.isEmpty ? layer : nil
    }
  }
}

extension Layer {
  /// What cannot be true of a layer of this kind, each with the key to blame.
  ///
  /// - Parameter isPadded: whether the file states the padding.
  fileprivate func contradictions(isPadded: Bool) -> [(key: String, message: String)] {
    var found: [(String, String)] = []
    func demand(_ isTrue: Bool, _ key: String, _ message: String) {
      if !isTrue { found.append((key, message)) }
    }
    let work =
      Double(inputChannels) * Double(outputChannels) * Double(kernel.height) * Double(kernel.width)
      * Double(max(output.height, input.height)) * Double(max(output.width, input.width))
    guard work <= 1e15 else {
      return [("kind", "more than 1e15 multiply-accumulates cannot be right")]
    }
    switch kind {
    case .convolution, .depthwise, .transposedConvolution:
      if kind == .depthwise {
        demand(
          inputChannels == outputChannels, "out_channels",
          "depthwise has as many output as input channels, not \(inputChannels) and \(outputChannels)")
        demand(
          groups == inputChannels, "groups",
          "depthwise has one group per channel, so \(inputChannels), not \(groups)")
      } else {
        demand(
          inputChannels.isMultiple(of: groups) && outputChannels.isMultiple(of: groups), "groups",
          "\(groups) groups do not divide \(inputChannels) input and \(outputChannels) output channels")
      }
      for (side, path, added) in [
        ("height", \Extent.height, padding.top + padding.bottom),
        ("width", \Extent.width, padding.left + padding.right),
      ] {
        let window = (reach: reach[keyPath: path], stride: stride[keyPath: path])
        // A transposed convolution leads back from what a convolution would give.
        let isBack = kind == .transposedConvolution
        let (from, to) = isBack ? (output, input) : (input, output)
        let sizes = Self.outputs(input: from[keyPath: path], window, padding: isPadded ? added : nil)
        let step = dilation[keyPath: path]
        demand(
          sizes.contains(to[keyPath: path]), "output",
          "\(isBack ? "input" : "output") \(side) \(to[keyPath: path]) does not follow from "
            + "\(isBack ? "output" : "input") \(from[keyPath: path]), kernel "
            + "\(kernel[keyPath: path])\(step == 1 ? "" : ", dilation \(step)") and stride "
            + "\(stride[keyPath: path]); "
            + (isPadded
              ? "padding by \(added) in all gives \(sizes.lowerBound)"
              : "any padding gives \(sizes.lowerBound) to \(sizes.upperBound)"))
      }
    case .fullyConnected, .matmul:
      let isProduct = kind == .matmul
      demand(kernel == .one, "kernel", "a \(kind.rawValue) layer has kernel 1")
      demand(stride == .one, "stride", "a \(kind.rawValue) layer has stride 1")
      demand(!isPadded || padding == .none, "padding", "a \(kind.rawValue) layer has no padding")
      demand(
        isProduct
          ? inputChannels.isMultiple(of: groups) && outputChannels.isMultiple(of: groups) : groups == 1,
        "groups",
        isProduct ? "the groups do not divide both channel counts" : "a fully-connected layer has 1 group")
      demand(output == input, "output", "a \(kind.rawValue) layer has the output extent of its input")
    }
    return found
  }

  /// Output sizes that a padding gives, on both sides together; if it is not known, those of 0 to reach - 1 on each.
  private static func outputs(
    input: Int, _ window: (reach: Int, stride: Int), padding: Int?
  ) -> ClosedRange<Int> {
    let (reach, stride) = window
    if let padding {
      let size = input + padding >= reach ? (input + padding - reach) / stride + 1 : 0
      return size...size
    }
    let unpadded = input >= reach ? (input - reach) / stride + 1 : 1
    return unpadded...max(unpadded, (input + reach - 2) / stride + 1)
  }
}
