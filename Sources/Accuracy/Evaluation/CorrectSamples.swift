import Foundation

/// Which samples of a split a network got right, in their order.
public struct CorrectSamples: Hashable, Sendable {
  /// Of all samples, right or wrong.
  public let count: Int
  /// A bit for each sample, the first in the highest bit of the first byte; bits behind the last sample are 0.
  private let bytes: [UInt8]

  public init(_ areCorrect: [Bool]) {
    count = areCorrect.count
    var bytes = [UInt8](repeating: 0, count: (count + 7) / 8)
    for (sample, isCorrect) in areCorrect.enumerated() where isCorrect {
      bytes[sample / 8] |= 128 >> (sample % 8)
    }
    self.bytes = bytes
  }

  /// Reads `base64`; nil when the text has another length than that of `count` samples, or another form.
  public init?(base64 text: String, count: Int) {
    guard count >= 0, let data = Data(base64Encoded: text),
      data.count == count / 8 + (count % 8 == 0 ? 0 : 1),
      count % 8 == 0 || data.last.map({ $0 & (255 >> (count % 8)) == 0 }) == true
    else { return nil }
    self.count = count
    bytes = [UInt8](data)
  }

  public var base64: String { Data(bytes).base64EncodedString() }

  public var correctCount: Int { bytes.reduce(0) { $0 + $1.nonzeroBitCount } }

  /// - Precondition: `sample` is below `count`.
  public func isCorrect(_ sample: Int) -> Bool { bytes[sample / 8] & 128 >> (sample % 8) != 0 }

  /// How many samples only this network gets right.
  ///
  /// - Precondition: `other` is of as many samples.
  func count(beyond other: CorrectSamples) -> Int {
    precondition(count == other.count)
    return zip(bytes, other.bytes).reduce(0) { $0 + ($1.0 & ~$1.1).nonzeroBitCount }
  }
}

/// How much more often one network is right than another, on the same samples.
public struct PairedDifference: Hashable, Sendable, Codable {
  public let samples: Int
  /// Samples that only the one, and only the other, gets right.
  public let gained: Int
  public let lost: Int
  /// Of the accuracies, as a share of the samples.
  public let difference: Double
  /// Of the difference.
  ///
  /// Samples on which both agree do not count: sqrt(b + c - (b - c)^2 / n) / n (McNemar, 1947, as a standard error).
  public let standardError: Double

  private enum CodingKeys: String, CodingKey {
    case samples, gained, lost, difference
    case standardError = "standard_error"
  }

  /// Nil where it is not known which samples of the two are right, or they are not the same.
  public init?(_ one: EvaluationResult.Figures, less other: EvaluationResult.Figures) {
    guard let first = one.correctSamples, let second = other.correctSamples, first.count == second.count,
      first.count > 0
    else { return nil }
    (samples, gained, lost) = (first.count, first.count(beyond: second), second.count(beyond: first))
    let (net, count) = (Double(gained - lost), Double(samples))
    difference = net / count
    standardError = (Double(gained + lost) - net * net / count).squareRoot() / count
  }
}
