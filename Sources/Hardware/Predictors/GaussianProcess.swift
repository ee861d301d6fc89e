/// What measured errors of a roofline tell of those of other layers (Rasmussen and Williams, 2006, algorithm 2.1).
struct GaussianProcess {
  private let scaling: FeatureScaling
  private let covariance: Covariance
  private let known: ScaledFeatures
  /// Lower, in row order.
  private let factor: [Double]
  private let weights: [Double]

  /// Nil when the kernel's matrix is not positive definite, as may be with numbers of no fit.
  ///
  /// - Precondition: there are as many errors as features.
  init?(features: [[Double]], errors: [Double], scaling: FeatureScaling, covariance: Covariance) {
    self.scaling = scaling
    self.covariance = covariance
    known = ScaledFeatures(features.map(scaling.scaled), lengths: covariance.lengths)
    let matrix = covariance.withNoise(covariance.lowerKernel(known), count: errors.count)
    guard let factor = matrix.choleskyFactor() else { return nil }
    self.factor = factor
    weights = SymmetricMatrix.solved(factor, count: errors.count, errors)
  }

  /// The expected error of each layer, and its standard deviation with that of a single measurement.
  func errors(of features: [[Double]]) -> [(mean: Double, deviation: Double)] {
    guard !features.isEmpty else { return [] }
    let asked = ScaledFeatures(features.map(scaling.scaled), lengths: covariance.lengths)
    let (count, columns) = (known.count, asked.count)
    // Layers as columns: what is asked of them is a sum over rows.
    let kernel = covariance.kernel(known, asked).values
    let solved = SymmetricMatrix.solvedLower(factor, count: count, kernel, columns: columns)
    var means = [Double](repeating: 0, count: columns)
    var explained = [Double](repeating: 0, count: columns)
    for row in 0..<count {
      for column in 0..<columns {
        let index = row * columns + column
        means[column] += kernel[index] * weights[row]
        explained[column] += solved[index] * solved[index]
      }
    }
    let variance = covariance.signal * covariance.signal
    let noise = covariance.noise * covariance.noise
    return zip(means, explained).map { ($0, (max(0, variance - $1) + noise).squareRoot()) }
  }

  /// The positions of the layers about which the process is least sure, each in the light of those before it.
  ///
  /// What a measurement takes from the variance of others depends on where it is, and not on what it finds. So these are
  /// the pivots of the factorization of the covariance that is left when what is known has been taken into account.
  func leastSure(_ count: Int, of features: [[Double]]) -> [Int] {
    let asked = ScaledFeatures(features.map(scaling.scaled), lengths: covariance.lengths)
    let columns = asked.count
    let kernel = covariance.kernel(known, asked).values
    let explained = SymmetricMatrix.solvedLower(factor, count: known.count, kernel, columns: columns)
    var variances = [Double](repeating: covariance.signal * covariance.signal, count: columns)
    for row in 0..<known.count {
      for column in 0..<columns {
        let value = explained[row * columns + column]
        variances[column] -= value * value
      }
    }
    let noise = covariance.noise * covariance.noise
    var chosen: [Int] = []
    var pivots: [[Double]] = []
    var open = Set(0..<columns)
    while chosen.count < count, let next = open.max(by: { (variances[$0], $1) < (variances[$1], $0) }) {
      open.remove(next)
      let single = ScaledFeatures([scaling.scaled(features[next])], lengths: covariance.lengths)
      var row = covariance.kernel(single, asked).values
      for index in 0..<known.count {
        let factor = explained[index * columns + next]
        for column in 0..<columns { row[column] -= factor * explained[index * columns + column] }
      }
      for pivot in pivots {
        for column in 0..<columns { row[column] -= pivot[next] * pivot[column] }
      }
      let root = (max(0, variances[next]) + noise).squareRoot()
      for column in 0..<columns {
        row[column] /= root
        variances[column] -= row[column] * row[column]
      }
      pivots.append(row)
      chosen.append(next)
    }
    return chosen
  }
}

/// What makes features alike in size: their means and standard deviations over the measured layers.
struct FeatureScaling: Hashable, Sendable, Codable {
  var means: [Double]
  /// 1 where a feature never changes.
  var deviations: [Double]

  init(of rows: [[Double]]) {
    let count = Double(max(1, rows.count))
    let width = rows.first?.count ?? 0
    let means = (0..<width).map { feature in rows.reduce(0) { $0 + $1[feature] } / count }
    self.means = means
    deviations = (0..<width).map { feature in
      let variance = rows.reduce(0) {
        $0 + ($1[feature] - means[feature]) * ($1[feature] - means[feature])
      }
      let deviation = (variance / count).squareRoot()
      return deviation > 1e-6 ? deviation : 1
    }
  }

  func scaled(_ row: [Double]) -> [Double] {
    row.indices.map { (row[$0] - means[$0]) / deviations[$0] }
  }
}
