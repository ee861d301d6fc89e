package import Core
package import Datasets
package import Networks
package import Quantization
import Tensors

/// What the inputs of layers, or other values, look like on a few training images, in floats.
///
/// Taken once; every width of every policy then finds its clip in the same histograms.
package struct ActivationCalibration {
  private static let batchSize = 512
  /// By layer, or by value.
  private let inputs: [String: ActivationQuantizers]
  /// Of integers of both signs.
  package let range: ActivationRange

  /// What the inputs of every layer look like.
  ///
  /// Throws `NotFinite` for the first image that makes the input of a layer infinite or not a number.
  package init(
    of network: FloatNetwork, on images: LabelledImages, by rule: ActivationRule = ActivationRule()
  ) throws {
    try self.init(on: images, by: rule, naming: network) { batch, observe in
      _ = try network.scores(of: batch, observe: observe)
    }
  }

  /// What values of a graph look like, by their names, rather than the inputs of layers.
  ///
  /// Throws `GraphError` when the graph lacks one of them, `NotFinite` as above.
  package init(
    ofValues values: [String], of graph: Graph, on images: LabelledImages,
    by rule: ActivationRule = ActivationRule()
  ) throws {
    var observed = graph
    observed.otherOutputs = values
    let network = try FloatNetwork(observed)
    try self.init(on: images, by: rule, naming: network) { batch, observe in
      for (value, tensor) in zip(values, try network.outputs(of: batch).dropFirst()) {
        try observe(value, tensor)
      }
    }
  }

  /// Runs `images` twice: once for the ranges, once for the histograms.
  ///
  /// - Parameter network: Names the layer that first reads a number that is not finite.
  private init(
    on images: LabelledImages, by rule: ActivationRule, naming network: FloatNetwork,
    run: (Tensor, (String, Tensor) throws -> Void) throws -> Void
  ) throws {
    var ranges: [String: ClosedRange<Float>] = [:]
    try Measurement.forEachBatch(of: images, atMost: Self.batchSize) { batch, first in
      try run(batch.images) { name, input in
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
    var counted = ranges.mapValues { CountedValues(range: $0, rule.range) }
    try Measurement.forEachBatch(of: images, atMost: Self.batchSize) { batch, _ in
      try run(batch.images) { name, input in
        guard var values = counted[name] else { return }
        try input.add(to: &values)
        counted[name] = values
      }
      return .goOn
    }
    inputs = counted.mapValues { ActivationQuantizers(of: $0, by: rule.clipping) }
    self.range = rule.range
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

  /// The greatest magnitude among the inputs of a layer.
  package func largestMagnitude(ofInputTo layer: String) -> Float { inputs[layer]!.largestMagnitude }

  /// The quantizer of the inputs of a layer at a width; its clips are the calibration's rule's.
  ///
  /// - Precondition: the width is legal for the layer's signedness.
  package func quantizer(forInputTo layer: String, width: BitWidth) -> LinearQuantizer {
    inputs[layer]!.quantizer(width: width)
  }

  /// The quantizer of a value at a width.
  ///
  /// - Precondition: the value was calibrated, and the width is 2 to 16 bits.
  package func quantizer(ofValue value: String, width: BitWidth) -> LinearQuantizer {
    inputs[value]!.quantizer(width: width)
  }
}

extension Tensor {
  fileprivate func add(to values: inout CountedValues) throws {
    try addMagnitudes(to: &values.magnitudes.counts, top: values.magnitudes.top)
    guard var above = values.above else { return }
    // Zeros are not counted.
    try clamped(from: 0, to: .infinity).addMagnitudes(to: &above.counts, top: above.top)
    values.above = above
  }
}
