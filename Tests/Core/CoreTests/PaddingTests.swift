import Core
import Foundation
import Testing

@Suite("The padding that sizes imply")
struct PaddingTests {
  /// Kernel, stride, dilation, input and output along both axes.
  struct Case: Sendable {
    var kernel, stride, dilation, input, output: Int
    var padding: Layer.Padding
  }

  @Test(
    "is the least that gives the output, by hand",
    arguments: [
      // 111 strides of 2, and 3: 222 + 3 - 224 = 1. A second element changes no position.
      Case(kernel: 3, stride: 2, dilation: 1, input: 224, output: 112, padding: Layer.Padding(1)),
      // 31 + 3 - 32 = 2.
      Case(kernel: 3, stride: 1, dilation: 1, input: 32, output: 32, padding: Layer.Padding(1)),
      // 31 + 2 - 32 = 1, which is behind.
      Case(
        kernel: 2, stride: 1, dilation: 1, input: 32, output: 32,
        padding: Layer.Padding(top: 0, left: 0, bottom: 1, right: 1)),
      // 222 + 7 - 224 = 5, so 3 on each side.
      Case(kernel: 7, stride: 2, dilation: 1, input: 224, output: 112, padding: Layer.Padding(3)),
      Case(kernel: 5, stride: 1, dilation: 1, input: 32, output: 28, padding: .none),
      Case(kernel: 16, stride: 16, dilation: 1, input: 224, output: 14, padding: .none),
      // Three taps two apart reach over 5: 31 + 5 - 32 = 4.
      Case(kernel: 3, stride: 1, dilation: 2, input: 32, output: 32, padding: Layer.Padding(2)),
    ])
  func byHand(_ one: Case) {
    let layer = Layer(
      name: "l", kind: .convolution, inputChannels: 1, outputChannels: 1, input: Extent(square: one.input),
      output: Extent(square: one.output), kernel: Extent(square: one.kernel),
      stride: Extent(square: one.stride), dilation: Extent(square: one.dilation))
    #expect(layer.padding == one.padding)
  }

  @Test("a kernel of one tap has no dilation")
  func oneTap() {
    let layer = Layer(
      name: "l", kind: .convolution, inputChannels: 1, outputChannels: 1, input: Extent(height: 1, width: 8),
      output: Extent(height: 1, width: 8), kernel: Extent(height: 1, width: 3), dilation: Extent(square: 4))
    #expect(layer.dilation == Extent(height: 1, width: 4))
    #expect(layer.padding == Layer.Padding(top: 0, left: 4, bottom: 0, right: 4))
  }

  @Test("a padding that is not called unusual moves the window by less than its stride, or by one element")
  func smallMoves() {
    var count = 0
    for kernel in 1...6 {
      for stride in 1...6 {
        for input in 1...10 {
          for (before, after) in (0...7).flatMap({ before in (0...7).map { (before, $0) } }) {
            let free = input + before + after - kernel
            guard free >= 0 else { continue }
            let layer = Layer(
              name: "l", kind: .convolution, inputChannels: 1, outputChannels: 1,
              input: Extent(square: input), output: Extent(square: free / stride + 1),
              kernel: Extent(square: kernel), stride: Extent(square: stride),
              padding: Layer.Padding(top: before, left: before, bottom: after, right: after))
            if layer.padding == layer.impliedPadding { continue }
            // docs/abi.md, H-39.
            let isUnusual = abs(before - after) > 1 || max(before, after) >= max(2, kernel)
            #expect((layer.unusualWindow != nil) == isUnusual)
            if isUnusual { continue }
            count += 1
            #expect(abs(before - layer.impliedPadding.top) < max(2, stride))
          }
        }
      }
    }
    #expect(count > 0)
  }

  @Test("a kernel and a dilation of 32 bits, whose product has 64, imply no padding and are no trap")
  func huge() {
    let most = Int(UInt32.max)
    for (kernel, dilation) in [(most, most), (most, 2), (2, most), (1 << 62, 1 << 62), (0, most)] {
      let layer = Layer(
        name: "l", kind: .convolution, inputChannels: 1, outputChannels: 1, input: Extent(square: 8),
        output: Extent(square: 8), kernel: Extent(square: kernel), dilation: Extent(square: dilation))
      #expect(layer.unusualWindow == "a dilation of \(dilation)x\(dilation)")
      #expect(layer.reach.height <= 1 << 60)
    }
    // 2^32 - 1 taps, 2^32 - 1 apart: (2^32 - 1) x (2^32 - 2) + 1, which is above 2^60.
    let layer = Layer(
      name: "l", kind: .convolution, inputChannels: 1, outputChannels: 1, kernel: Extent(square: most),
      dilation: Extent(square: most))
    #expect(layer.reach == Extent(square: 1 << 60))
    // Three taps, two apart.
    let small = Layer(
      name: "l", kind: .convolution, inputChannels: 1, outputChannels: 1, kernel: Extent(square: 3),
      dilation: Extent(square: 2))
    #expect(small.reach == Extent(square: 5))
  }

  @Test("a layer that was stored without window has the one that its sizes imply")
  func older() throws {
    let text = """
      {"name": "l", "kind": "convolution", "groups": 1, "inputChannels": 1, "outputChannels": 1,
       "input": {"height": 8, "width": 8}, "output": {"height": 8, "width": 8},
       "kernel": {"height": 3, "width": 3}, "stride": {"height": 1, "width": 1}}
      """
    let layer = try JSONDecoder().decode(Layer.self, from: Data(text.utf8))
    #expect(layer.dilation == .one && layer.padding == Layer.Padding(1))
    var dilated = layer
    dilated.dilation = Extent(square: 2)
    #expect(try JSONDecoder().decode(Layer.self, from: JSONEncoder().encode(dilated)) == dilated)
  }
}
