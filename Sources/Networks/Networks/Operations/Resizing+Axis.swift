import Foundation

extension Resizing {
  /// How the elements along one axis of the output come from those of the input.
  public enum AxisMap: Hashable, Sendable {
    /// Each is a copy of one.
    case copies([Int])
    /// Each is a weighted sum: row-major, output x input.
    case sums([Float])
  }

  /// Along one spatial axis, from 0, with the given number of input elements.
  public func map(axis: Int, input: Int) -> AxisMap {
    let output = extents[axis]
    let scale = scales.map { $0[axis] } ?? Float(output) / Float(input)
    let places = (0..<output).map { place(of: $0, scale: scale, input: input, output: output) }
    if case .nearest(let rounding) = interpolation {
      return .copies(places.map { min(max(rounding.element(at: $0), 0), input - 1) })
    }
    return .sums(places.flatMap { row(at: Double($0), input: input) })
  }

  /// In single precision, as runtimes compute it: roundings decide which element is nearest.
  private func place(of index: Int, scale: Float, input: Int, output: Int) -> Float {
    let center = (Float(index) + 0.5) / scale - 0.5
    switch coordinates {
    case .halfPixel: return center
    case .halfPixelSymmetric:
      let share = Float(output) / (scale * Float(input))
      return Float(input) / 2 * (1 - share) + center
    case .pytorchHalfPixel: return output > 1 ? center : 0
    case .alignCorners: return output > 1 ? Float(index) * Float(input - 1) / Float(output - 1) : 0
    case .asymmetric: return Float(index) / scale
    }
  }

  private func row(at place: Double, input: Int) -> [Float] {
    let reach = interpolation == .linear ? 1.0 : 2
    var row = [Double](repeating: 0, count: input)
    var sum = 0.0
    for element in Int((place - reach).rounded(.down))...Int((place + reach).rounded(.up)) {
      let weight = kernel(Double(element) - place)
      if excludesOutside, element < 0 || element >= input { continue }
      row[min(max(element, 0), input - 1)] += weight
      sum += weight
    }
    return row.map { Float($0 / sum) }
  }

  private func kernel(_ distance: Double) -> Double {
    let x = abs(distance)
    guard case .cubic(let coefficient) = interpolation else { return max(0, 1 - x) }
    // Keys, "Cubic convolution interpolation for digital image processing", 1981.
    let a = Double(coefficient)
    if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
  }
}

extension Resizing.Rounding {
  fileprivate func element(at place: Float) -> Int {
    switch self {
    case .floor: Int(place.rounded(.down))
    case .ceil: Int(place.rounded(.up))
    case .roundPreferFloor: Int((place - 0.5).rounded(.up))
    case .roundPreferCeil: Int((place + 0.5).rounded(.down))
    }
  }
}
