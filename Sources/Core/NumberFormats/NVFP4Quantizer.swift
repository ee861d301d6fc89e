/// NVFP4: blocks of 16 `fp4-e2m1` numbers, each block with a scale in `fp8-e4m3`, and one 32-bit scale for the tensor.
///
/// Source: NVIDIA, "Pretraining Large Language Models with NVFP4" (arXiv 2509.25149), appendix C, and the reference
/// quantizer of Transformer Engine, whose order of operations in single precision this follows.
public struct NVFP4Quantizer: Hashable, Sendable {
  /// What a block's scale is multiplied by when values are encoded: 448 * 6 / greatest magnitude of the tensor.
  public let encodingScale: Float

  /// Elements that share a scale.
  public static let blockLength = 16

  static let element = FloatingFormat.float4E2M1
  static let blockScale = FloatingFormat.float8E4M3

  /// The quantizer of a tensor whose finite values are at most `largestMagnitude`.
  ///
  /// Zero, and what is no finite number above it, gives the quantizer that still rounds zeros to zeros.
  public init(largestMagnitude: Float) {
    let scale = Self.blockScale.largestFinite * Self.element.largestFinite / largestMagnitude
    encodingScale = scale.isFinite && scale > 0 ? scale : scale > 0 ? .greatestFiniteMagnitude : 1
  }

  /// The quantizer of a tensor; its NaNs and infinities do not count.
  public init(fitting rows: [[Float]]) {
    let largest = rows.joined().reduce(0) { $1.isFinite ? max($0, $1.magnitude) : $0 }
    self.init(largestMagnitude: largest)
  }

  /// The scale of the tensor, which decoded values are multiplied by.
  public var tensorScale: Float { 1 / encodingScale }

  /// The blocks of a row, the last with fewer elements where 16 does not divide the row.
  ///
  /// A block's scale is the nearest to its greatest magnitude / 6 in units of the tensor's. Elements saturate. A
  /// block so small that its scale rounds to 0 is all zeros. The scale of a block with a NaN or infinity is NaN.
  public func encode(row: [Float]) -> [ScaledBlock] {
    row.blocks(of: Self.blockLength).map { block in
      guard let largest = block.largestMagnitude else {
        return ScaledBlock(
          scale: UInt16(Self.blockScale.encode(.nan)), elements: block.map { _ in 0 })
      }
      let wanted = min(largest / Self.element.largestFinite * encodingScale, .greatestFiniteMagnitude)
      let scale = Self.blockScale.encode(wanted, overflow: .saturating)
      let inverse = min(1 / (Self.blockScale.decode(scale) * tensorScale), .greatestFiniteMagnitude)
      let elements = block.map { UInt16(Self.element.encode($0 * inverse, overflow: .saturating)) }
      return ScaledBlock(scale: UInt16(scale), elements: elements)
    }
  }

  /// The values of the blocks of a row.
  public func decode(row: [ScaledBlock]) -> [Float] {
    row.flatMap { block in
      let scale = Self.blockScale.decode(UInt32(block.scale)) * tensorScale
      return block.elements.map { Self.element.decode(UInt32($0)) * scale }
    }
  }
}
