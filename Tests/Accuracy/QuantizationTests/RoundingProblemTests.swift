import Quantization
import RandomNumbers
import Testing

@Suite("rounding judged by a layer's output")
struct RoundingProblemTests {
  /// (code * scale - weight)' H (code * scale - weight), in the definition's own order.
  private func outputError(_ codes: [Float], scale: Float, _ weight: [Float], _ moments: [Float]) -> Double {
    let difference = zip(codes, weight).map { Double($0 * scale - $1) }
    var sum = 0.0
    for row in difference.indices {
      for column in difference.indices {
        sum += difference[row] * Double(moments[row * difference.count + column]) * difference[column]
      }
    }
    return sum
  }

  /// H w.
  private func target(_ weight: [Float], _ moments: [Float]) -> [Float] {
    weight.indices.map { row in
      weight.indices.reduce(0) { $0 + moments[row * weight.count + $1] * weight[$1] }
    }
  }

  private func nearest(_ weight: [Float], scale: Float, _ range: ClosedRange<Float>) -> [Float] {
    weight.map { min(max(($0 / scale).rounded(.toNearestOrEven), range.lowerBound), range.upperBound) }
  }

  @Test("two inputs that are always equal: by hand")
  func equalInputs() {
    // Both weights are 0.4 and all moments 1, so that only the sum counts: 0.8. To nearest, it is 0, with the error 0.64;
    // one weight up gives 1, with the error 0.04.
    let moments: [Float] = [1, 1, 1, 1]
    let problem = RoundingProblem(size: 2, moments: moments)
    var codes: [Float] = [0, 0]
    problem.descend(&codes, target: [0.8, 0.8], scale: 1, quantizedRange: -7...7)
    #expect(codes == [1, 0])
    #expect(abs(outputError(codes, scale: 1, [0.4, 0.4], moments) - 0.04) < 1e-6)
    // But for the constant w'Hw = 0.64.
    #expect(abs(problem.error(codes, target: [0.8, 0.8], scale: 1) + 0.6) < 1e-6)
  }

  @Test("independent inputs are rounded to nearest, within the range")
  func independent() {
    let problem = RoundingProblem(size: 3, moments: [2, 0, 0, 0, 1, 0, 0, 0, 5])
    let weight: [Float] = [0.6, -0.2, 9]
    var codes: [Float] = [0, 0, 0]
    problem.descend(&codes, target: [1.2, -0.2, 45], scale: 0.5, quantizedRange: -7...7)
    #expect(codes == nearest(weight, scale: 0.5, -7...7))
    #expect(codes == [1, 0, 7])
  }

  @Test("the best scale of quantized values: by hand, and no neighbour is better")
  func bestScale() throws {
    // q = (1, -2), H = (2, 1; 1, 3) and g = (3, -4): q'g = 3 + 8 = 11, Hq = (0, -5), q'Hq = 10.
    let problem = RoundingProblem(size: 2, moments: [2, 1, 1, 3])
    let (codes, target): ([Float], [Float]) = ([1, -2], [3, -4])
    let scale = try #require(problem.bestScale(of: codes, target: target))
    #expect(abs(scale - 1.1) < 1e-6)
    // s^2 10 - 2 s 11 = 12.1 - 24.2.
    #expect(abs(problem.error(codes, target: target, scale: scale) + 12.1) < 1e-5)
    for other in [scale * 0.99, scale * 1.01] {
      #expect(
        problem.error(codes, target: target, scale: other)
          > problem.error(codes, target: target, scale: scale))
    }
    #expect(problem.bestScale(of: [0, 0], target: target) == nil)
    // The output wants the other sign, which no scale gives.
    #expect(problem.bestScale(of: codes, target: [-3, 4]) == nil)
  }

  @Test("never worse than nearest, near the best of all roundings, and settled")
  func bruteForce() {
    var generator = SeededGenerator(seed: 11)
    var (nearestSum, foundSum, bestSum) = (0.0, 0.0, 0.0)
    for _ in 0..<40 {
      let size = 6
      let inputs = (0..<8).map { _ in
        (0..<size).map { _ in Float.random(in: -1...1, using: &generator) + 0.5 }
      }
      let moments = (0..<size * size).map { index in
        inputs.reduce(0) { $0 + $1[index / size] * $1[index % size] }
      }
      let weight = (0..<size).map { _ in Float.random(in: -1...1, using: &generator) }
      let (scale, range) = (Float(0.4), Float(-3)...3)
      let start = nearest(weight, scale: scale, range)
      var codes = start
      let problem = RoundingProblem(size: size, moments: moments)
      problem.descend(
        &codes, target: target(weight, moments), scale: scale, quantizedRange: range, passes: 50)
      let found = outputError(codes, scale: scale, weight, moments)
      #expect(found <= outputError(start, scale: scale, weight, moments) + 1e-5)
      for place in 0..<size {
        for change in [Float(-1), 1] where range.contains(codes[place] + change) {
          var other = codes
          other[place] += change
          #expect(outputError(other, scale: scale, weight, moments) >= found - 1e-5)
        }
      }
      // All ways of rounding each weight down or up.
      let best =
        (0..<1 << size).map { choice in
          let other = weight.indices.map { place -> Float in
            let down = (weight[place] / scale).rounded(.down)
            return min(max(down + (choice >> place & 1 == 1 ? 1 : 0), range.lowerBound), range.upperBound)
          }
          return outputError(other, scale: scale, weight, moments)
        }.min() ?? 0
      nearestSum += outputError(start, scale: scale, weight, moments)
      foundSum += found
      bestSum += best
    }
    // Most of what choosing freely gains over nearest.
    #expect(nearestSum - foundSum > 0.6 * (nearestSum - bestSum))
  }
}
