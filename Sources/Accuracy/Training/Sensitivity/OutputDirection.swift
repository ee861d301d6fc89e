import Foundation
import RandomNumbers
import Tensors

/// A random direction of the class scores of each image, along which their change tells the divergence.
///
/// To second order, scores that change by d let the class probabilities p diverge by d'Fd / 2 nats, where
/// F = diag(p) - pp' is the Fisher information of the scores. With s = sqrt(p), F = D(I - ss')D for D = diag(s), and
/// I - ss' is a projection. So u = Dw has E[(u'd)^2] = d'Fd for w of mean square 1 in each dimension of the space
/// orthogonal to s: here the projection of a normal vector, scaled to the length that is the mean. For two classes that
/// space is a line, and (u'd)^2 is exact.
///
/// Source: Martens, "New insights and perspectives on the natural gradient method", JMLR 2020, section 5; the factors
/// of F that are sampled here instead of labels.
enum OutputDirection {
  /// - Parameters:
  ///   - scores: Image after image, `classCount` for each.
  /// - Returns: As many numbers; zeros for scores of one class.
  static func of(_ scores: [Float], classCount: Int, using generator: inout RandomSource) -> [Float] {
    stride(from: 0, to: scores.count, by: classCount).flatMap { start -> [Float] in
      let row = scores[start..<start + classCount].map(Double.init)
      let greatest = row.max() ?? 0
      let exponentials = row.map { exp($0 - greatest) }
      let sum = exponentials.reduce(0, +)
      let roots = exponentials.map { ($0 / sum).squareRoot() }
      let drawn = roots.map { _ in generator.normal() }
      let along = zip(roots, drawn).reduce(0) { $0 + $1.0 * $1.1 }
      let projected = zip(roots, drawn).map { $1 - along * $0 }
      let length = projected.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard classCount > 1, length > 0 else { return Array(repeating: 0, count: classCount) }
      let scale = Double(classCount - 1).squareRoot() / length
      return zip(roots, projected).map { Float($0 * $1 * scale) }
    }
  }
}
