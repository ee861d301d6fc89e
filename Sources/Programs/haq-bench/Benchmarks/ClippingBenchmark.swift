import Core
import Networks
import ONNX
import Quantization
import RandomNumbers

/// Finding every clip that a search can ask for, of a network with 53 layers.
///
/// Activations: from filled histograms, as the evaluator fills them while the network runs. Weights: from
/// the numbers themselves, one relative clip a layer.
struct ClippingBenchmark: Benchmark {
  private static let widths = (2...8).compactMap { BitWidth($0) }
  /// Activations counted for each layer.
  private static let samples = 20_000

  func measure(runs: Int) throws -> [Measurement] {
    let model = BundledModel.fashionMobileNetV2
    let layers = try model.architecture.graph.network().layers
    var source = RandomSource(seed: 1)
    let histograms = layers.map { _ in Self.histogram(from: &source) }
    let weights = layers.map { layer in (0..<layer.weightCount).map { _ in Self.bell(from: &source) } }

    let activationTimes = (0..<runs).map { _ in seconds { keep(Self.clips(of: histograms)) } }
    let weightTimes = (0..<runs).map { _ in seconds { keep(Self.quantizers(of: weights, in: layers)) } }
    let task = "\(layers.count) layers, widths 2-8"
    return [
      Measurement("KL clips of activations, \(task)", seconds: activationTimes, floorMilliseconds: 100),
      Measurement("KL clipping of weights per channel, \(task)", seconds: weightTimes),
    ]
  }

  private static func clips(of histograms: [MagnitudeHistogram]) -> [Float] {
    histograms.flatMap { histogram in
      let clipping = KullbackLeiblerClipping(histogram)
      return widths.map { clipping.clip(positiveLevels: LinearQuantizer.positiveLevels($0, .unsigned)) }
    }
  }

  private static func quantizers(of weights: [[Float]], in layers: [Layer]) -> [[LinearQuantizer]] {
    zip(weights, layers).flatMap { weight, layer in
      widths.map {
        WeightClipping.quantizers(
          for: weight, rows: layer.outputChannels, width: $0, granularity: .perChannel)
      }
    }
  }

  /// Magnitudes of a bell curve, cut where a clamp at six would cut.
  private static func histogram(from source: inout RandomSource) -> MagnitudeHistogram {
    var histogram = MagnitudeHistogram(top: 6)
    histogram.add((0..<samples).map { _ in bell(from: &source) })
    return histogram
  }

  /// Roughly normal: the sum of twelve uniform numbers, less its mean, has variance 1.
  private static func bell(from source: inout RandomSource) -> Float {
    Float((0..<12).reduce(-6.0) { sum, _ in sum + source.uniform() })
  }
}
