import Core
import Evaluation
import EvaluatorArguments
import Foundation
import Networks
import Training

extension EvaluationSession {
  /// Hands out the quantized network: the quantizers as the reply, the rounded weights as a file.
  func quantize(_ request: QuantizationRequest, id: Int) throws -> EvaluatorReply {
    let (float, quantized) = try loadNetwork()
    guard let quantized = quantized as? QuantizedNetwork else {
      throw EvaluatorFailure(
        .illegal, "a codebook has no scales and zero points to export; use --quantizer linear")
    }
    let policy = try policy(request.policy, for: float)
    let names = float.network.layers.map(\.name)
    let rounded: (quantizers: [String: LayerQuantizers], weights: [String: LayerWeights])
    do {
      rounded = try quantized.rounded(policy, checkpoint: request.checkpoint)
    } catch let mismatch as FineTuningCheckpoint.Mismatch {
      throw EvaluatorFailure(.illegal, "\(mismatch)")
    }
    var bytes = Data()
    for name in names {
      let layer = rounded.weights[name]!
      for value in [layer.weight, layer.bias].joined() {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
      }
    }
    try bytes.write(to: URL(filePath: request.output), options: .atomic)
    let layers = zip(names, policy.precisions).map { rounded.quantizers[$0]!.encoding(of: $0, at: $1) }
    return .encodings(
      id: id,
      NetworkEncoding(layers: layers, values: try request.values.map { try encodings(of: $0, in: float) })
    )
  }

  /// Quantizers of 8 bits for values of the network, calibrated as the inputs of layers are.
  private func encodings(of values: [String], in network: FloatNetwork) throws -> [QuantizerEncoding] {
    let known = try network.graph.shapes()
    if let unknown = values.first(where: { known[$0] == nil }) {
      throw EvaluatorFailure(.illegal, "the network has no value \"\(unknown)\"")
    }
    guard !values.isEmpty else { return [] }
    let calibration = try ActivationCalibration(
      ofValues: values, of: network.graph, on: calibrationImages, clipping: quantization.clipping)
    return values.map { calibration.quantizer(ofValue: $0, width: .eight).encoding(bits: .eight) }
  }
}
