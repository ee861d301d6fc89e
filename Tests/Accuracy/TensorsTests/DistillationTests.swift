import Foundation
import Tensors
import Testing

/// Cross-entropy with another network's probabilities.
@Suite struct DistillationTests {
  @Test("loss and gradient of one image by hand")
  func byHand() throws {
    // The softmax of (0, ln 3) is p = (1/4, 3/4), that of (1, 0) is q = (1 / (1 + 1/e), 1 / (1 + e)).
    let (scores, taught) = (try Tensor([1, 0], shape: [1, 2]), try Tensor([0, log(3)], shape: [1, 2]))
    let (first, second) = (1 / (1 + exp(-1.0)), 1 / (1 + exp(1.0)))
    let loss = try scores.crossEntropy(withProbabilitiesOf: taught).scalar()
    #expect(abs(loss + 0.25 * log(first) + 0.75 * log(second)) < 1e-6)
    // Hinton et al. 2015, equation 2 at temperature 1: q - p.
    let found = try gradients(of: [scores]) { try scores.crossEntropy(withProbabilitiesOf: taught) }
    #expect(distance(found[0], [first - 0.25, second - 0.75]) < 1e-6)
  }

  @Test("the loss of a batch is the mean, and its gradient that of numeric differences")
  func numeric() throws {
    let (rows, classes) = (5, 7)
    let (student, teacher) = (
      numbers(rows * classes, seed: 3), numbers(rows * classes, seed: 4).map { $0 * 3 }
    )
    func softmax(_ scores: [Double], _ row: Int) -> [Double] {
      let powers = scores[row * classes..<(row + 1) * classes].map { exp($0) }
      return powers.map { $0 / powers.reduce(0, +) }
    }
    let plain = { (scores: [Double]) -> Double in
      let losses = (0..<rows).map { row in
        zip(softmax(teacher.map(Double.init), row), softmax(scores, row)).reduce(0) { $0 - $1.0 * log($1.1) }
      }
      return losses.reduce(0, +) / Double(rows)
    }
    let scores = try Tensor(student, shape: [rows, classes])
    let taught = try Tensor(teacher, shape: [rows, classes])
    let loss = try scores.crossEntropy(withProbabilitiesOf: taught).scalar()
    #expect(abs(loss - plain(student.map(Double.init))) < 1e-6)
    let found = try gradients(of: [scores]) { try scores.crossEntropy(withProbabilitiesOf: taught) }
    #expect(distance(found[0], slopes(at: student.map(Double.init), of: plain)) < 1e-6)
  }

  @Test("scores of another shape are an error")
  func shapes() throws {
    let scores = try Tensor([1, 0], shape: [1, 2])
    #expect(throws: TorchError.self) {
      try scores.crossEntropy(withProbabilitiesOf: Tensor([1, 0, 0], shape: [1, 3])).scalar()
    }
  }
}
