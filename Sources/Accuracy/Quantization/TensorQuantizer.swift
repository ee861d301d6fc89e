public import Core
public import NumberFormats

/// How the numbers of a tensor are rounded: a format with the scales that were chosen for it.
///
/// The formats are `NumberFormat`s, of which those without a scale of their own get one here.
public enum TensorQuantizer: Hashable, Sendable {
  /// 32-bit floats, which stay as they are.
  case float32
  /// Integers: `scale * clamp(round(x / scale), quantizedRange)`, with one scale or one for each row. The range is that of
  /// quantized values less the zero point.
  case linear(scales: [Float], quantizedRange: ClosedRange<Float>)
  case float16
  case bfloat16
  /// Floats of at most 8 bits: `scale * nearest(x / scale)`, with one scale or one for each row.
  case scaled(FloatingFormat, scales: [Float])
  case microscaling(MicroscalingFormat)
  /// The scale of the tensor is that for `largestMagnitude`; nil takes the tensor's own.
  case nvfp4(largestMagnitude: Float?)
  case integerGroups(IntegerGroupFormat)

  /// The scales and quantized values, less the zero point, of integers with scales of their own; nil of other formats.
  public var integers: (scales: [Float], quantizedRange: ClosedRange<Float>)? {
    if case .linear(let scales, let range) = self { (scales, range) } else { nil }
  }

  /// Whether there are integers below zero, and not as many above it.
  public var isAsymmetric: Bool {
    guard let range = integers?.quantizedRange else { return false }
    return range.lowerBound < 0 && -range.lowerBound != range.upperBound
  }

  /// The scale at which the format's largest number is `largestMagnitude`; 1 for zero.
  ///
  /// Floats have numbers of every size below, so that there is nothing to win by cutting off what is large, as there is
  /// with integers.
  public static func scale(of format: FloatingFormat, largestMagnitude: Float) -> Float {
    guard largestMagnitude > 0 else { return 1 }
    // A smaller one has no reciprocal.
    return max(largestMagnitude / format.largestFinite, .leastNormalMagnitude)
  }
}

extension TensorQuantizer {
  /// The formats that weights and activations of every kind can have; ascending as listed.
  ///
  /// Values that are never negative can have integers of 1 bit, too.
  public static let formats: [BitWidth] =
    (LinearQuantizer.widths + [.float]
    + NumberFormat.all.map(BitWidth.init(format:)).filter { !$0.isNumberOfBits }).sorted()

  /// The quantizer of a format that is no integers with scales of their own, for weights in `rows` equal rows.
  ///
  /// - Precondition: every weight is finite.
  public static func weights(
    _ weight: [Float], rows: Int, format: NumberFormat, granularity: WeightGranularity
  ) -> TensorQuantizer? {
    withoutClipping(format) { floats in
      let length = weight.count / rows
      let largest = (0..<rows).map { row in
        weight[row * length..<(row + 1) * length].lazy.map(abs).max() ?? 0
      }
      let tops = granularity == .perChannel ? largest : [largest.max() ?? 0]
      return tops.map { scale(of: floats, largestMagnitude: $0) }
    } nvfp4: {
      nil
    }
  }

  /// The quantizer of a format that is no integers with scales of their own, for values of at most `largestMagnitude`
  /// in calibration; nil for the others.
  ///
  /// The scale of blocks is that of their values whenever they are rounded, while that of the tensor stays.
  public static func activations(format: NumberFormat, largestMagnitude: Float) -> TensorQuantizer? {
    withoutClipping(format) {
      [scale(of: $0, largestMagnitude: largestMagnitude)]
    } nvfp4: {
      largestMagnitude > 0 ? largestMagnitude : nil
    }
  }

  private static func withoutClipping(
    _ format: NumberFormat, scales: (FloatingFormat) -> [Float], nvfp4: () -> Float?
  ) -> TensorQuantizer? {
    switch format {
    case .integer: nil
    case .floating(.float32): .float32
    case .floating(.float16): .float16
    case .floating(.bfloat16): .bfloat16
    case .floating(let floats): .scaled(floats, scales: scales(floats))
    case .microscaling(let format): .microscaling(format)
    case .nvfp4: .nvfp4(largestMagnitude: nvfp4())
    case .integerGroups(let format): .integerGroups(format)
    }
  }
}

extension LinearQuantizer {
  /// The same with one scale for all numbers.
  public var forTensor: TensorQuantizer { .linear(scales: [scale], quantizedRange: quantizedRange) }
}
