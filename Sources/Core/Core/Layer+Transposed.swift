extension Layer {
  /// The convolution that computes a transposed one; it has the same weights, inputs and multiply-accumulates.
  ///
  /// Where the output is the input times the stride, and the stride divides the kernel, each of the stride's phases of
  /// the output is a convolution with kernel / stride taps (Shi et al., "Is the deconvolution layer the same as a
  /// convolutional layer?", 2016): together, one with outputs x stride channels. All others are the product of matrices
  /// that libraries compute: outputs x kernel numbers for each input position, which are then added where they overlap;
  /// a convolution with a kernel of one tap.
  ///
  /// - Returns: nil when the channels overflow.
  var computingConvolution: Layer? {
    let isOfPhases = [\Extent.height, \Extent.width].allSatisfy { side in
      let (whole, overflow) = input[keyPath: side].multipliedReportingOverflow(by: stride[keyPath: side])
      return !overflow && whole == output[keyPath: side] && dilation[keyPath: side] == 1
        && kernel[keyPath: side].isMultiple(of: stride[keyPath: side])
    }
    let parts = isOfPhases ? stride : kernel
    let (area, areaOverflow) = parts.height.multipliedReportingOverflow(by: parts.width)
    let (outputs, overflow) = outputChannels.multipliedReportingOverflow(by: area)
    guard !areaOverflow, !overflow else { return nil }
    let taps =
      isOfPhases
      ? Extent(height: kernel.height / stride.height, width: kernel.width / stride.width) : .one
    let isDepthwise = groups > 1 && groups == inputChannels && groups == outputs
    return Layer(
      name: name, kind: isDepthwise ? .depthwise : .convolution, groups: groups, inputChannels: inputChannels,
      outputChannels: outputs, input: input, output: input, kernel: taps)
  }

  /// Whether a target with costs of `kinds` has one for the layer: of its own kind, or of what cost models see of it.
  public func isCosted(by kinds: [Kind]) -> Bool {
    kinds.contains(kind) || costed(atBatch: 1).map { kinds.contains($0.layer.kind) } ?? false
  }
}
