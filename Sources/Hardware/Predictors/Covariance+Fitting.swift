import Foundation

extension Covariance {
  /// More points tell the lengths no better, and cost their cube.
  private static let largestSample = 500

  /// The most probable kernel for these errors, with weak prior beliefs: lengths of about e, noise of about 5 %.
  ///
  /// - Parameter rows: features in standard deviations.
  /// - Precondition: the lists are equally long, and in an order that means nothing; the first 500 are looked at.
  init(fitting rows: [[Double]], errors: [Double]) {
    let rows = Array(rows.prefix(Self.largestSample))
    let errors = Array(errors.prefix(Self.largestSample))
    let width = rows.first?.count ?? 0
    let spread = (errors.reduce(0) { $0 + $1 * $1 } / Double(max(1, errors.count))).squareRoot()
    let start = [Double](repeating: 1, count: width) + [log(max(0.01, spread)), log(0.05)]
    let found = GradientMinimization.minimize(
      from: start, low: start.indices.map { $0 < width ? -3 : $0 == width ? -5 : -5 },
      high: start.indices.map { $0 < width ? 5 : $0 == width ? 3 : 0 }, evaluations: 45
    ) { logarithms in
      Self.improbability(logarithms, rows, errors) ?? (1e10, [Double](repeating: 0, count: logarithms.count))
    }
    self.init(logarithms: found)
  }

  private init(logarithms: [Double]) {
    lengths = logarithms.dropLast(2).map { exp($0) }
    signal = exp(logarithms[logarithms.count - 2])
    noise = exp(logarithms[logarithms.count - 1])
  }

  /// The negative logarithm of the posterior probability, and its derivatives (Rasmussen and Williams, equation 5.9);
  /// nil where the kernel's matrix is not positive definite.
  private static func improbability(
    _ logarithms: [Double], _ rows: [[Double]], _ errors: [Double]
  ) -> GradientMinimization.Slope? {
    let covariance = Covariance(logarithms: logarithms)
    let (count, width) = (rows.count, covariance.lengths.count)
    let scaled = ScaledFeatures(rows, lengths: covariance.lengths)
    let kernel = covariance.kernel(scaled, scaled, slopes: true)
    let matrix = covariance.withNoise(kernel.values, count: count)
    guard let factor = matrix.choleskyFactor(),
      let inverse = SymmetricMatrix.inverse(ofFactor: factor, count: count)
    else { return nil }
    let weights = SymmetricMatrix.solved(factor, count: count, errors)
    var value = zip(weights, errors).reduce(0) { $0 + $1.0 * $1.1 } / 2
    for index in 0..<count { value += log(factor[index * count + index]) }
    // Q = K^-1 - w w', of which half the product with a derivative of K is that of the value.
    var weighted = inverse
    var (ofSignal, trace) = (0.0, 0.0)
    var rowSums = [Double](repeating: 0, count: count)
    for row in 0..<count {
      for column in 0..<count {
        let index = row * count + column
        let q = inverse[index] - weights[row] * weights[column]
        ofSignal += q * kernel.values[index]
        if row == column { trace += q }
        weighted[index] = q * kernel.slopes[index]
        rowSums[row] += weighted[index]
      }
    }
    let products = SymmetricMatrix.product(
      weighted, scaled.values, rows: count, inner: count, columns: width)
    var gradient = [Double](repeating: 0, count: logarithms.count)
    for row in 0..<count {
      for feature in 0..<width {
        let position = scaled.values[row * width + feature]
        gradient[feature] += position * (position * rowSums[row] - products[row * width + feature])
      }
    }
    gradient[width] = ofSignal
    gradient[width + 1] = trace * covariance.noise * covariance.noise
    for feature in 0..<width {
      let distance = (logarithms[feature] - 1) / 1.5
      value += distance * distance / 2
      gradient[feature] += distance / 1.5
    }
    let noise = logarithms[width + 1] - log(0.05)
    value += noise * noise / 2
    gradient[width + 1] += noise
    return (value, gradient)
  }

  /// The matrix of the observations: noise on the diagonal.
  func withNoise(_ kernel: [Double], count: Int) -> SymmetricMatrix {
    var values = kernel
    for index in 0..<count { values[index * count + index] += noise * noise + 1e-8 }
    return SymmetricMatrix(values: values, count: count)
  }
}
