import Core
import Testing

@Suite("Transposed convolutions as cost models see them")
struct TransposedConvolutionTests {
  private func layer(
    kernel: Extent, stride: Extent, input: Extent, output: Extent, groups: Int = 1, dilation: Extent = .one,
    channels: (inputs: Int, outputs: Int) = (8, 4)
  ) -> Layer {
    Layer(
      name: "up", kind: .transposedConvolution, groups: groups, inputChannels: channels.inputs,
      outputChannels: channels.outputs, input: input, output: output, kernel: kernel, stride: stride,
      dilation: dilation)
  }

  @Test("the products of each input position with the kernel are its multiply-accumulates")
  func products() {
    // 7 x 7 positions, 3 x 3 taps, 8 x 4 channels; in two groups half of that.
    let sides = (input: Extent(square: 7), output: Extent(square: 14))
    let one = layer(
      kernel: Extent(square: 3), stride: Extent(square: 2), input: sides.input, output: sides.output)
    #expect(one.multiplyAccumulates == 49 * 9 * 8 * 4)
    #expect(one.weightShape == [4, 8, 3, 3])
    // 6 strides of 2, and 3: 15, so 1 is cut off of 14 at least; of one more element behind, 1 on each side.
    #expect(one.padding == Layer.Padding(1))
    let two = layer(
      kernel: Extent(square: 3), stride: Extent(square: 2), input: sides.input, output: sides.output,
      groups: 2)
    #expect(two.multiplyAccumulates == 49 * 9 * 8 * 4 / 2)
  }

  @Test("where the stride divides the kernel and grows the map by itself, its phases are a convolution")
  func phases() throws {
    // 4x4 taps at a stride of 2: each of 2x2 phases has 2x2 taps. 49 x 2x2 x 8 x 16 = 49 x 4x4 x 8 x 4.
    let layer = layer(
      kernel: Extent(square: 4), stride: Extent(square: 2), input: Extent(square: 7),
      output: Extent(square: 14))
    let (costed, batch) = try #require(layer.costed(atBatch: 3))
    #expect(batch == 3)
    #expect(
      costed
        == Layer(
          name: "up", kind: .convolution, inputChannels: 8, outputChannels: 16, input: Extent(square: 7),
          output: Extent(square: 7), kernel: Extent(square: 2)))
    // What is read and written is that of the layer, too.
    #expect(costed.inputCount == layer.inputCount && costed.outputCount == layer.outputCount)
  }

  @Test("all others are the product of matrices before the sums")
  func product() throws {
    // 3x3 taps at a stride of 2 have phases of 1, 2, 2 and 4 taps: nine numbers for each output channel and position.
    let layer = layer(
      kernel: Extent(square: 3), stride: Extent(square: 2), input: Extent(square: 7),
      output: Extent(square: 14))
    #expect(
      try #require(layer.costed(atBatch: 1)).layer
        == Layer(
          name: "up", kind: .convolution, inputChannels: 8, outputChannels: 36, input: Extent(square: 7),
          output: Extent(square: 7)))
  }

  @Test("either way, weights, inputs and multiply-accumulates are those of the layer, for all shapes")
  func counts() throws {
    for kernel in 1...5 {
      for stride in 1...4 {
        for dilation in 1...2 {
          for cut in 0...2 {
            // 5 strides, the reach, and what is cut off.
            let side = 5 * stride + dilation * (kernel - 1) + 1 - cut
            guard side > 0 else { continue }
            for groups in [1, 2, 4] {
              let layer = layer(
                kernel: Extent(height: kernel, width: 3), stride: Extent(height: stride, width: 2),
                input: Extent(height: 6, width: 5), output: Extent(height: side, width: 10), groups: groups,
                dilation: Extent(height: dilation, width: 1))
              let costed = try #require(layer.costed(atBatch: 1)).layer
              #expect(costed.multiplyAccumulates == layer.multiplyAccumulates)
              #expect(costed.weightCount == layer.weightCount && costed.inputCount == layer.inputCount)
              #expect(costed.padding == costed.impliedPadding && costed.unusualWindow == nil)
            }
          }
        }
      }
    }
  }

  @Test("with a group for each channel and one phase it is depthwise, which a target must have")
  func depthwise() throws {
    let side = Extent(square: 6)
    let layer = layer(
      kernel: Extent(square: 3), stride: .one, input: side, output: side, groups: 8, channels: (8, 8))
    #expect(try #require(layer.costed(atBatch: 1)).layer.kind == .depthwise)
    #expect(!layer.isCosted(by: [.convolution, .fullyConnected]))
    #expect(layer.isCosted(by: [.depthwise]) && layer.isCosted(by: [.transposedConvolution]))
    let plain = self.layer(kernel: Extent(square: 3), stride: .one, input: side, output: side)
    #expect(plain.isCosted(by: [.convolution]) && !plain.isCosted(by: [.depthwise, .matmul]))
  }

  @Test("channels that overflow are refused, not wrapped")
  func overflow() {
    // 16 channels times 2^60 taps.
    let layer = layer(
      kernel: Extent(square: 1 << 30), stride: Extent(square: 2), input: .one, output: .one,
      channels: (1, 16))
    #expect(layer.costed(atBatch: 1) == nil)
  }
}
