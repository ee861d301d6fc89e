package import Core
package import Datasets
import Networks
package import Quantization
import Tensors

/// What the inputs of every layer look like on a few training images, in floats.
///
/// Taken once; every width of every policy then finds its clip in the same histograms.
package struct ActivationCalibration {
  private struct Inputs {
    var signedness: LinearQuantizer.Signedness
    /// Absent when every input was zero.
    var clipping: HistogramClipping?
  }

  private static let batchSize = 512
  private let inputs: [String: Inputs]

  /// Runs `images` twice: once for the ranges, once for the histograms.
  ///
  /// Throws `NotFinite` for the first image that makes the input of a layer infinite or not a number.
  package init(
    of network: FloatNetwork, on images: LabelledImages, clipping rule: ClippingRule = .kullbackLeibler
  ) throws {
    var ranges: [String: ClosedRange<Float>] = [:]
    var histograms: [String: MagnitudeHistogram] = [:]
    try Measurement.forEachBatch(of: images, atMost: Self.batchSize) { batch, first in
      _ = try network.scores(of: batch.images) { name, input in
        guard try input.isFinite() else {
          throw try Self.notFinite(network, images, first..<first + batch.labels.count)
        }
        let (range, known) = (try input.range(), ranges[name])
        ranges[name] =
          min(
            range.lowerBound, known?.lowerBound ?? .infinity)...max(
            range.upperBound, known?.upperBound ?? -.infinity)
      }
      return .goOn
    }
    for (name, range) in ranges {
      let top = max(abs(range.lowerBound), abs(range.upperBound))
      if top > 0 {
        histograms[name] = MagnitudeHistogram(
          top: top, counts: Array(repeating: 0, count: MagnitudeHistogram.countedBins))
      }
    }
    try Measurement.forEachBatch(of: images, atMost: Self.batchSize) { batch, _ in
      _ = try network.scores(of: batch.images) { name, input in
        guard var histogram = histograms[name] else { return }
        try input.addMagnitudes(to: &histogram.counts, top: histogram.top)
        histograms[name] = histogram
      }
      return .goOn
    }
    inputs = ranges.reduce(into: [:]) { inputs, entry in
      inputs[entry.key] = Inputs(
        signedness: entry.value.lowerBound < 0 ? .signed : .unsigned,
        clipping: histograms[entry.key].map { HistogramClipping($0, by: rule) })
    }
  }

  private static func notFinite(
    _ network: FloatNetwork, _ images: LabelledImages, _ batch: Range<Int>
  ) throws -> NotFinite {
    for image in batch {
      let single = try images.batch(at: image..<image + 1)
      if let layer = try network.firstLayerReadingNotFinite(of: single.images) {
        return NotFinite(layer: layer, image: image, of: images)
      }
    }
    return NotFinite(layer: nil, image: batch.lowerBound, of: images)
  }

  /// Whether the inputs of a layer are ever negative; decides the form of its quantizer.
  package func signedness(ofInputTo layer: String) -> LinearQuantizer.Signedness { inputs[layer]!.signedness }

  /// The quantizer of the inputs of a layer at a width; its clip is the calibration's rule's.
  ///
  /// - Precondition: the width is legal for the layer's signedness.
  package func quantizer(forInputTo layer: String, width: BitWidth) -> LinearQuantizer {
    let inputs = inputs[layer]!
    let levels = LinearQuantizer.positiveLevels(width, inputs.signedness)
    let clip = inputs.clipping?.clip(positiveLevels: levels) ?? 1
    return LinearQuantizer(clip: clip, width: width, signedness: inputs.signedness)
  }
}
