import CTorch
import Datasets
import Networks
import Tensors

/// The least and the greatest number in each channel of some values of a graph, over some images, in floats.
struct ChannelRanges {
  private let ranges: [String: [ClosedRange<Float>]]
  private static let batchSize = 64

  /// - Parameter values: Their names, each with the axis of its channels, images being axis 0.
  /// - Throws: `GraphError` when the graph lacks one of the values, and what reading images throws.
  init(of values: [String: Int], in graph: Graph, on images: LabelledImages) throws {
    guard !values.isEmpty else {
      ranges = [:]
      return
    }
    var observed = graph
    observed.otherOutputs = values.keys.sorted()
    let network = try FloatNetwork(observed)
    var found: [String: [ClosedRange<Float>]] = [:]
    try withoutGradients {
      try Measurement.forEachBatch(of: images, atMost: Self.batchSize) { batch, _ in
        for (name, value) in zip(observed.otherOutputs, try network.outputs(of: batch.images).dropFirst()) {
          guard let axis = values[name] else { continue }
          let others = value.shape.indices.filter { $0 != axis }
          func ends(_ end: ctorch_reduction) throws -> [Float] {
            try value.reduced(end, axes: others, keepsAxes: false).values()
          }
          let (least, greatest) = (try ends(CTORCH_LEAST), try ends(CTORCH_GREATEST))
          // What is not finite has no range; calibration names the layer that reads it.
          let new = zip(least, greatest).map { $0 <= $1 ? $0...$1 : 0...0 }
          found[name] =
            found[name].map { known in
              zip(known, new).map { min($0.lowerBound, $1.lowerBound)...max($0.upperBound, $1.upperBound) }
            } ?? new
        }
        return .goOn
      }
    }
    ranges = found
  }

  /// One for each channel of a value that was asked for.
  subscript(value: String) -> [ClosedRange<Float>] { ranges[value] ?? [] }

  /// The greatest magnitude in each channel.
  func magnitudes(of value: String) -> [Float] {
    self[value].map { max(abs($0.lowerBound), abs($0.upperBound)) }
  }
}
