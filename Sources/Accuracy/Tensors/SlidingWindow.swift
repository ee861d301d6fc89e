import CTorch

/// A window that moves over one or two spatial axes; every list has one number for each.
package struct SlidingWindow: Sendable {
  package var kernel: [Int]
  package var stride: [Int]
  package var dilation: [Int]
  package var paddingBefore: [Int]
  package var paddingAfter: [Int]

  package init(
    kernel: [Int], stride: [Int], dilation: [Int], paddingBefore: [Int], paddingAfter: [Int]
  ) {
    self.kernel = kernel
    self.stride = stride
    self.dilation = dilation
    self.paddingBefore = paddingBefore
    self.paddingAfter = paddingAfter
  }

  /// A square window, padded alike on all sides.
  package init(kernel: Int, stride: Int, padding: Int) {
    self.init(
      kernel: [kernel, kernel], stride: [stride, stride], dilation: [1, 1],
      paddingBefore: [padding, padding],
      paddingAfter: [padding, padding])
  }

  /// Calls `body` with the window as C sees it, which is valid during the call alone.
  fileprivate func withC<Result>(_ body: (UnsafePointer<ctorch_window>) -> Result) -> Result {
    let lists = [kernel, stride, dilation, paddingBefore, paddingAfter].map { $0.map(Int64.init) }
    let axes = kernel.count
    return lists.flatMap { $0 }.withUnsafeBufferPointer { numbers in
      // Five lists of `axes` numbers lie one after another.
      let base = numbers.baseAddress!
      var window = ctorch_window(
        axes: Int32(axes), kernel: base, stride: base + axes, dilation: base + 2 * axes,
        padding_before: base + 3 * axes, padding_after: base + 4 * axes)
      return body(&window)
    }
  }
}

/// Convolutions and pooling.
extension Tensor {
  /// A convolution over one or two spatial axes, and what follows it; `bias` nil adds none.
  package func convolved(
    with weight: Tensor, bias: Tensor?, window: SlidingWindow, groups: Int, finish: Finish = .none
  ) throws(TorchError) -> Tensor {
    var rest = finish.asC
    return try Tensor(
      owning: window.withC {
        ctorch_convolution(handle, weight.handle, bias?.handle, $0, Int64(groups), &rest)
      })
  }

  /// A two-dimensional convolution, padded alike on all sides; `bias` nil adds none.
  package func convolved(
    with weight: Tensor, bias: Tensor?, stride: Int, padding: Int, groups: Int, finish: Finish = .none
  ) throws(TorchError) -> Tensor {
    var window = SlidingWindow(kernel: 1, stride: stride, padding: padding)
    window.kernel = Array(weight.shape.suffix(2))
    return try convolved(with: weight, bias: bias, window: window, groups: groups, finish: finish)
  }

  /// Every element adds the kernel to the output; weights are inputs x outputs / groups x kernel.
  package func convolvedTransposed(
    with weight: Tensor, bias: Tensor?, window: SlidingWindow, outputPadding: [Int], groups: Int
  ) throws(TorchError) -> Tensor {
    try Tensor(
      owning: window.withC {
        ctorch_transposed_convolution(
          handle, weight.handle, bias?.handle, $0, outputPadding.map(Int64.init), Int64(groups))
      })
  }

  /// Weights of outputs x inputs / groups x kernel as inputs x outputs / groups x kernel.
  package func exchangingChannels(groups: Int) throws(TorchError) -> Tensor {
    let (outputs, inputs, kernel) = (shape[0] / groups, shape[1], Array(shape.dropFirst(2)))
    let order = [0, 2, 1] + kernel.indices.map { $0 + 3 }
    return try reshaped(to: [groups, outputs, inputs] + kernel).transposed(order)
      .reshaped(to: [groups * inputs, outputs] + kernel)
  }

  /// The largest of each window, at `outputs` positions along each spatial axis.
  package func maxPooled(_ window: SlidingWindow, outputs: [Int]) throws(TorchError) -> Tensor {
    try Tensor(owning: window.withC { ctorch_max_pool(handle, $0, outputs.map(Int64.init)) })
  }

  /// The largest of each square window.
  package func maxPooled(kernel: Int, stride: Int, padding: Int) throws(TorchError) -> Tensor {
    let outputs = shape.suffix(2).map { ($0 + 2 * padding - kernel) / stride + 1 }
    return try maxPooled(SlidingWindow(kernel: kernel, stride: stride, padding: padding), outputs: outputs)
  }

  /// The mean of each window, of the map alone or of its padding too.
  package func meanPooled(
    _ window: SlidingWindow, outputs: [Int], countsPadding: Bool
  ) throws(TorchError) -> Tensor {
    try Tensor(
      owning: window.withC {
        ctorch_average_pool(handle, $0, outputs.map(Int64.init), countsPadding ? 1 : 0)
      })
  }
}
