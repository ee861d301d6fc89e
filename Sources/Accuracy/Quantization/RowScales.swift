public import Core

/// What each output channel's weights are divided by before they are clustered together.
public struct RowScales: Hashable, Sendable {
  /// The root of the mean square of each channel's weights, or 1: per tensor, and where all are zero.
  public let scales: [Float]
  /// The weights, divided.
  public let normalized: [Float]

  /// - Precondition: `weight` has `rows` equal rows.
  public init(of weight: [Float], _ rows: Int, _ granularity: WeightGranularity) {
    let length = weight.count / rows
    let scales = (0..<rows).map { row -> Float in
      guard granularity == .perChannel else { return 1 }
      let squares = weight[row * length..<(row + 1) * length].reduce(0) { $0 + Double($1) * Double($1) }
      let scale = Float((squares / Double(length)).squareRoot())
      return scale >= .leastNormalMagnitude ? scale : 1
    }
    self.scales = scales
    normalized = weight.enumerated().map { $1 / scales[$0 / length] }
  }
}
