extension Layer {
  /// Elements added around a map before a window moves over it.
  public struct Padding: Hashable, Sendable, Codable {
    public var top: Int
    public var left: Int
    public var bottom: Int
    public var right: Int

    public init(top: Int, left: Int, bottom: Int, right: Int) {
      self.top = top
      self.left = left
      self.bottom = bottom
      self.right = right
    }

    /// The same on all sides.
    public init(_ side: Int) { self.init(top: side, left: side, bottom: side, right: side) }

    public static let none = Padding(0)

    /// Top, left, bottom, right.
    public var sides: [Int] { [top, left, bottom, right] }

    /// The least padding that gives these sizes: alike on both sides of an axis where that is possible, otherwise with
    /// one element more behind. None where no padding narrower than the window gives them.
    public static func implied(
      input: Extent, output: Extent, kernel: Extent, stride: Extent, dilation: Extent
    ) -> Padding {
      func axis(_ side: KeyPath<Extent, Int>) -> (before: Int, after: Int) {
        let reach = Layer.reach(kernel: kernel[keyPath: side], dilation: dilation[keyPath: side])
        // Shapes come from probes too, where every number may be as large as 32 bits allow.
        let (span, overflow) = (output[keyPath: side] - 1).multipliedReportingOverflow(
          by: stride[keyPath: side])
        let needed = span.subtractingReportingOverflow(input[keyPath: side] - reach)
        guard !overflow, !needed.overflow, (0...2 * max(0, reach - 1)).contains(needed.partialValue) else {
          return (0, 0)
        }
        let total = needed.partialValue
        // With a stride of 2 or more, another element changes no position of the window.
        let isEven = total.isMultiple(of: 2) || stride[keyPath: side] > 1
        let after = (total + 1) / 2
        return (isEven ? after : after - 1, after)
      }
      let (vertical, horizontal) = (axis(\.height), axis(\.width))
      return Padding(
        top: vertical.before, left: horizontal.before, bottom: vertical.after, right: horizontal.after)
    }
  }
}

extension Layer.Padding: CustomStringConvertible {
  /// `1`, or top, left, bottom and right as in `0/0/1/1`.
  public var description: String {
    Set(sides).count == 1 ? "\(top)" : sides.map(String.init).joined(separator: "/")
  }
}

extension Layer {
  /// The padding that the layer's sizes imply.
  public var impliedPadding: Padding {
    // A transposed convolution leads from the output of a convolution back to its input.
    let (input, output) = kind == .transposedConvolution ? (output, input) : (input, output)
    return .implied(input: input, output: output, kernel: kernel, stride: stride, dilation: dilation)
  }

  /// Elements from the first tap of the kernel to the last, both counted; 2^60 where it is more.
  public var reach: Extent {
    Extent(
      height: Self.reach(kernel: kernel.height, dilation: dilation.height),
      width: Self.reach(kernel: kernel.width, dilation: dilation.width))
  }

  /// Of one axis. A kernel and a dilation of 32 bits each have a product of 64.
  fileprivate static func reach(kernel: Int, dilation: Int) -> Int {
    let most = 1 << 60
    let (between, overflow) = dilation.multipliedReportingOverflow(by: kernel - 1)
    return overflow ? most : min(between, most - 1) + 1
  }

  /// What sizes, kernel and stride do not say about the layer's window, for people; nil when they say all.
  ///
  /// A dilation; or a padding that no framework chooses by itself: its sides differ by more than one, or a side is as
  /// wide as the window.
  public var unusualWindow: String? {
    if dilation != .one { return "a dilation of \(dilation)" }
    guard padding != impliedPadding else { return nil }
    let isUneven = abs(padding.top - padding.bottom) > 1 || abs(padding.left - padding.right) > 1
    let isWide =
      max(padding.top, padding.bottom) >= max(2, reach.height)
      || max(padding.left, padding.right) >= max(2, reach.width)
    return isUneven || isWide ? "a padding of \(padding) (top, left, bottom, right)" : nil
  }
}
