import Foundation

/// The unquantized network's class probabilities on some images, from which a quantized network's diverge.
package struct ReferenceOutputs: Sendable {
  package let classCount: Int
  /// Natural logarithms, image after image.
  let logProbabilities: [Double]

  package var count: Int { logProbabilities.count / classCount }

  /// The most likely class of each image; the first of equally likely ones.
  package var classes: [Int32] {
    stride(from: 0, to: logProbabilities.count, by: classCount).map { start in
      let row = logProbabilities[start..<start + classCount]
      return Int32(
        (row.indices.max { row[$0] < row[$1] || (row[$0] == row[$1] && $0 > $1) } ?? start) - start)
    }
  }

  /// Of class scores, image after image.
  init(scores: [Float], classCount: Int) {
    self.classCount = classCount
    logProbabilities = LogProbabilities.of(scores: scores, classCount: classCount)
  }

  /// The Kullback-Leibler divergence of probabilities from these, in nats, added over the images of a batch.
  ///
  /// Source: Kullback, Leibler, "On information and sufficiency", 1951; with the reference's probabilities as weights.
  ///
  /// - Parameter scores: Class scores of the images from the one at `first` on.
  /// - Precondition: there is a reference for each of them.
  func divergence(of scores: [Float], from first: Int) -> Double {
    let theirs = LogProbabilities.of(scores: scores, classCount: classCount)
    let ours = logProbabilities[first * classCount..<first * classCount + scores.count]
    return zip(ours, theirs).reduce(0) { sum, pair in sum + exp(pair.0) * (pair.0 - pair.1) }
  }
}

private enum LogProbabilities {
  /// Logarithms of the softmax of each row.
  static func of(scores: [Float], classCount: Int) -> [Double] {
    stride(from: 0, to: scores.count, by: classCount).flatMap { start -> [Double] in
      let row = scores[start..<start + classCount].map(Double.init)
      let greatest = row.max()!
      let logSum = greatest + log(row.reduce(0) { $0 + exp($1 - greatest) })
      return row.map { $0 - logSum }
    }
  }
}
