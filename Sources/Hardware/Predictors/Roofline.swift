import Foundation

/// The physics of one family of layers at one precision: a fixed cost, a rate of work and a bandwidth.
///
///     latency = (fixed^4 + (macs s_per_mac)^4 + (bytes s_per_byte)^4)^(1/4)
///
/// The greatest of the three, with a soft corner where two are alike.
struct Roofline: Hashable, Sendable, Codable {
  /// Seconds that the smallest layer takes.
  var fixedSeconds: Double
  var secondsPerMultiplyAccumulate: Double
  /// Of weights, inputs and outputs together, each as wide as the precision says.
  var secondsPerByte: Double

  private enum CodingKeys: String, CodingKey {
    case fixedSeconds = "fixed_s"
    case secondsPerMultiplyAccumulate = "s_per_mac"
    case secondsPerByte = "s_per_byte"
  }

  /// What a roofline sees of a layer.
  struct Work {
    var multiplyAccumulates: Double
    var bytes: Double
  }

  func logarithm(of work: Work) -> Double { Self.slope(at: logarithms, work).value }

  /// Whether every number is one that a fit can have given.
  var isUsable: Bool { logarithms.allSatisfy(\.isFinite) }

  private var logarithms: [Double] {
    [fixedSeconds, secondsPerMultiplyAccumulate, secondsPerByte].map { log($0) }
  }

  /// Fits the three to measured latencies, so that a few odd ones have little weight: the sum of
  /// sqrt(1 + (r / 0.1)^2) over the errors r of logarithms is least.
  init(fitting measured: [(work: Work, latency: Double)]) {
    let latencies = measured.map(\.latency).sorted()
    func median(_ values: [Double]) -> Double { values.isEmpty ? 1e-6 : values.sorted()[values.count / 2] }
    let start = [
      log(latencies.isEmpty ? 1e-6 : latencies[latencies.count / 20]),
      log(median(measured.map { $0.latency / $0.work.multiplyAccumulates })),
      log(median(measured.map { $0.latency / $0.work.bytes })),
    ]
    let found = GradientMinimization.minimize(
      from: start, low: start.map { $0 - 10 }, high: start.map { $0 + 5 }, evaluations: 200
    ) { logarithms in
      var value = 0.0
      var gradient = [0.0, 0, 0]
      for (work, latency) in measured {
        let slope = Self.slope(at: logarithms, work)
        let error = (slope.value - log(latency)) / 0.1
        let root = (1 + error * error).squareRoot()
        value += root
        for index in gradient.indices { gradient[index] += error / root / 0.1 * slope.gradient[index] }
      }
      let count = Double(max(1, measured.count))
      return (value / count, gradient.map { $0 / count })
    }
    (fixedSeconds, secondsPerMultiplyAccumulate, secondsPerByte) = (
      exp(found[0]), exp(found[1]), exp(found[2])
    )
  }

  private static func slope(at logarithms: [Double], _ work: Work) -> GradientMinimization.Slope {
    let terms = [
      logarithms[0], logarithms[1] + log(work.multiplyAccumulates), logarithms[2] + log(work.bytes),
    ]
    let greatest = max(terms[0], terms[1], terms[2])
    let powers = terms.map { exp(4 * ($0 - greatest)) }
    let sum = powers.reduce(0, +)
    return (greatest + log(sum) / 4, powers.map { $0 / sum })
  }
}
