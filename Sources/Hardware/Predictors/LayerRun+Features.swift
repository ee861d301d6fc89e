import Core
import Foundation

extension LayerRun {
  /// What a Gaussian process knows of a layer, in the order of `docs/predictor.md`.
  var features: [Double] {
    let groupOutputs = max(1, layer.outputChannels / layer.groups)
    let counts: [Double] = [
      multiplyAccumulates, weightCount, inputCount, outputCount, Double(batch) * outputArea,
      Double(layer.outputChannels), Double(layer.inputChannels), Double(groupOutputs), groupInputs,
      Double(layer.groups), Self.area(layer.kernel), Self.area(layer.stride).squareRoot(),
      Double(batch), Self.area(layer.input), Self.area(layer.dilation).squareRoot(),
    ]
    let alignments = [layer.inputChannels, layer.outputChannels, Int(groupInputs), groupOutputs]
      .map { Double(Self.twos($0)) }
    let (rows, columns) = (Double(batch) * outputArea, Double(groupOutputs))
    let tiling = [
      Self.tiles(rows, columns, side: 128) * Double(layer.groups), Self.waste(rows, columns, side: 128),
      Self.waste(rows, columns, side: 64),
    ]
    let kinds = [layer.kind == .fullyConnected, layer.kind == .matmul].map { $0 ? 1.0 : 0 }
    return (counts + tiling).map { log2(max(1, $0)) } + alignments + kinds
  }

  package static let featureNames =
    [
      "macs", "weights", "inputs", "outputs", "rows", "out_channels", "in_channels", "group_out_channels",
      "group_in_channels", "groups", "kernel_area", "stride", "batch", "input_area", "dilation",
      "tiles_of_128",
      "waste_of_128", "waste_of_64",
    ].map { "log2_" + $0 }
    + ["in_channels", "out_channels", "group_in_channels", "group_out_channels"].map { "twos_in_" + $0 }
    + ["is_fully_connected", "is_matmul"]

  /// How often 2 divides a number of channels, at most 5: vectors and tiles are powers of two.
  private static func twos(_ channels: Int) -> Int { min(5, max(1, channels).trailingZeroBitCount) }

  /// Square tiles that cover a product's result; each is computed whole.
  private static func tiles(_ rows: Double, _ columns: Double, side: Double) -> Double {
    (rows / side).rounded(.up) * (columns / side).rounded(.up)
  }

  /// What the tiles compute, by what is asked for.
  private static func waste(_ rows: Double, _ columns: Double, side: Double) -> Double {
    tiles(rows, columns, side: side) * side * side / (rows * columns)
  }

  private static func area(_ extent: Extent) -> Double { Double(extent.height) * Double(extent.width) }
}
