import Calibration
import Core
import Foundation
import RandomNumbers
import Testing

@Suite("fitting parameters")
struct ParameterFitTests {
  /// A tiled array: ceil(M / rows) x ceil(N / columns) products of `depth` cycles, or its traffic if that is longer.
  private struct Array2D {
    /// M, N, depth and bits moved of every point.
    static let points: [[Double]] = (0..<60).map { index in
      let size = Double(index)
      return [8 + size * 7, 3 + (size * 13).truncatingRemainder(dividingBy: 90), 4 + size, 2e4 + size * 900]
    }

    /// Seconds; `values` are clock, rows, columns, stream bits per cycle.
    static func latencies(_ values: [Double]) -> [Double?] {
      points.map { point in
        let compute = (point[0] / values[1]).rounded(.up) * (point[1] / values[2]).rounded(.up) * point[2]
        return max(compute, (point[3] / values[3]).rounded(.up)) / values[0]
      }
    }

    static let parameters = [
      parameter("clock_hz", 50e6, 1e9, .real), parameter("rows", 2, 64, .powerOfTwo),
      parameter("columns", 2, 64, .powerOfTwo), parameter("stream", 8, 128, .whole),
    ]
  }

  private static func parameter(
    _ key: String, _ low: Double, _ high: Double, _ step: ParameterRange.Step
  ) -> FreeParameter {
    guard let range = ParameterRange(low: low, high: high, step: step) else { preconditionFailure("a range") }
    return FreeParameter(key: key, range: range)
  }

  @Test("recovers planted parameters from measurements with 2 % noise", arguments: [1, 2, 3])
  func recovers(seed: UInt64) throws {
    let planted: [Double] = [230e6, 16, 8, 48]
    var random = SeededGenerator(seed: seed)
    let measured = Array2D.latencies(planted).compactMap { $0 }.map {
      // The sum of 12 uniform numbers less 6 has mean 0 and deviation 1.
      $0 * exp(0.02 * ((0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0...1, using: &random) }))
    }
    let fit = ParameterFit(Array2D.parameters, measured: measured, evaluations: 4000) {
      Array2D.latencies($0)
    }
    let result = try fit.run(from: [400e6, 4, 32, 100])
    #expect(result.values[1] == 16)
    #expect(result.values[2] == 8)
    // One of 48 bits is 2 %, which is the noise of a single measurement.
    #expect(abs(result.values[3] - 48) <= 1)
    #expect(abs(result.values[0] / 230e6 - 1) < 0.01)
    // What is left is the noise.
    #expect(result.misfit < 0.03 && result.misfitBefore > 0.3)
    #expect(result.warnings == [])
  }

  @Test("without noise the fit is exact")
  func exact() throws {
    let planted: [Double] = [100e6, 8, 32, 20]
    let fit = ParameterFit(
      Array2D.parameters, measured: Array2D.latencies(planted).compactMap { $0 }, evaluations: 4000
    ) { Array2D.latencies($0) }
    let result = try fit.run(from: [400e6, 16, 16, 64])
    #expect(Array(result.values[1...]) == [8, 32, 20])
    #expect(abs(result.values[0] / 100e6 - 1) < 1e-4)
  }

  private let x = parameter("x", 1, 10, .real)
  private let y = parameter("y", 1, 10, .real)

  private func warnings(_ predict: @escaping ([Double]) -> [Double?], measured: [Double]) throws -> [Warning]
  {
    try ParameterFit([x, y], measured: measured, evaluations: 600) { predict($0) }.run(from: [5, 5]).warnings
  }

  @Test("says which parameter the measurements do not see")
  func flat() throws {
    #expect(try warnings({ [$0[0], 2 * $0[0], 3 * $0[0]] }, measured: [3, 6, 9]) == [.flat("y")])
  }

  @Test("a discrete parameter that is seen on one side only is named with its other value, and keeps its own")
  func oneSided() throws {
    // Streams of 32 bits and more are never waited for.
    let stream = Self.parameter("stream", 1, 128, .powerOfTwo)
    let fit = ParameterFit([x, stream], measured: [6, 12, 18, 24], evaluations: 600) { values in
      (1...4).map { Double($0) * values[0] * ($0 < 4 ? max(1, 32 / values[1]) : 1) }
    }
    let result = try fit.run(from: [2, 32])
    #expect(result.values[1] == 32)
    #expect(result.warnings == [.equallyGood("stream", value: 32, other: 64)])
  }

  @Test("says which parameters are seen only together")
  func flatDirection() throws {
    let found = try warnings({ [$0[0] * $0[1], 3 * $0[0] * $0[1]] }, measured: [20, 60])
    #expect(found.contains(.flatDirection(["x", "y"])))
  }

  @Test("says when the best value is a bound")
  func bound() throws {
    let found = try warnings(
      { values in (1...3).flatMap { [Double($0) * values[0], Double($0) * values[1]] } },
      measured: [40, 3, 80, 6, 120, 9])
    guard case .onBound("x", let value)? = found.first else {
      Issue.record("no warning of the bound in \(found)")
      return
    }
    #expect(found.count == 1 && value > 9.99)
  }

  @Test("says which parameter rests on fewer than three points")
  func fewPoints() throws {
    let found = try warnings(
      { [$0[0], 2 * $0[0], 3 * $0[0], $0[0] + $0[1]] }, measured: [3, 6, 9, 7])
    #expect(found == [.fewPoints("y", count: 1)])
  }

  @Test("one wrong measurement in 3,392 does not move an exact clock")
  func outlier() throws {
    let cycles = (1...3_392).map { 1_000 + Double($0 * 37 % 5_000) }
    var measured = cycles.map { $0 / 200e6 }
    measured[1_700] *= 10
    let clock = Self.parameter("clock_hz", 50e6, 1e9, .real)
    func fitted(from start: Double) throws -> Double {
      try ParameterFit([clock], measured: measured, evaluations: 1_500) { values in
        cycles.map { $0 / values[0] }
      }.run(from: [start]).values[0]
    }
    #expect(try fitted(from: 200e6) == 200e6)
    #expect(abs(try fitted(from: 300e6) / 200e6 - 1) < 1e-6)
  }

  private struct Refusal: Error, Equatable {}

  @Test("values that the model refuses are passed over; when it refuses all, its error is thrown")
  func refused() throws {
    let picky = ParameterFit([x], measured: [7], evaluations: 200) { values in
      if values[0] > 8 { throw Refusal() }
      return [values[0]]
    }
    let result = try picky.run(from: [9])
    #expect(abs(result.values[0] - 7) < 1e-3 && result.refused > 0)
    let never = ParameterFit([x], measured: [7], evaluations: 50) { _ in throw Refusal() }
    #expect(throws: Refusal()) { try never.run(from: [5]) }
    let silent = ParameterFit([x], measured: [7], evaluations: 50) { _ in [nil] }
    #expect(throws: CalibrationError.neverCosted) { try silent.run(from: [5]) }
  }
}

@Suite("free parameters")
struct FreeParameterTests {
  @Test("ranges without two values, and bounds that do not exist, cannot be written")
  func ranges() {
    #expect(ParameterRange(low: 1, high: 1, step: .real) == nil)
    #expect(ParameterRange(low: 1.5, high: 4, step: .whole) == nil)
    #expect(ParameterRange(low: 3, high: 16, step: .powerOfTwo) == nil)
    #expect(ParameterRange(low: 4, high: 16, step: .powerOfTwo) != nil)
  }

  @Test("layers are held out by kind, a lone one never, and the seed decides")
  func split() {
    let kinds: [Layer.Kind] = [
      .convolution, .depthwise, .convolution, .depthwise, .convolution, .fullyConnected,
    ]
    let network = Network(
      name: "n",
      layers: kinds.enumerated().map {
        Layer(name: "\($0)", kind: $1, inputChannels: 1, outputChannels: 1)
      })
    let layers = Array(kinds.indices)
    let split = LayerSplit(layers, in: network, heldOutShare: 0.3, seed: 1)
    // 30 % of 3 convolutions is one, of 2 depthwise layers one (0.6 rounded), of 1 classifier none.
    #expect(split.heldOut.map { kinds[$0] }.filter { $0 == .convolution }.count == 1)
    #expect(split.heldOut.map { kinds[$0] }.filter { $0 == .depthwise }.count == 1)
    #expect(split.fitted.contains(5))
    #expect((split.fitted + split.heldOut).sorted() == layers)
    #expect(LayerSplit(layers, in: network, heldOutShare: 0.3, seed: 1) == split)
    #expect(LayerSplit(layers, in: network, heldOutShare: 0, seed: 1).heldOut == [])
  }
}
