import Core
import Evaluation
import EvaluatorArguments
import Exporting
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
    let (layers, bytes) = try numbers(
      of: quantized, float, under: policy, checkpoint: request.checkpoint)
    try bytes.write(to: URL(filePath: request.output), options: .atomic)
    return .encodings(
      id: id,
      NetworkEncoding(
        layers: layers, values: try request.values.map { try encodings(of: $0, in: rewritten ?? float) },
        constants: changedConstants(of: float)))
  }

  /// The quantizers of a policy, and the numbers of the layers as little-endian floats.
  private func numbers(
    of quantized: QuantizedNetwork, _ float: FloatNetwork, under policy: Policy, checkpoint: String?
  ) throws -> (layers: [LayerEncoding], bytes: Data) {
    let names = float.network.layers.map(\.name)
    let rounded: RoundedLayers
    do {
      rounded = try quantized.rounded(policy, checkpoint: checkpoint)
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
    let layers = zip(names, policy.precisions).map { name, precision in
      rounded.quantizers[name]!.encoding(
        of: name, at: precision, groupScales: rounded.groupScales[name] ?? [])
    }
    return (layers, bytes)
  }

  /// The network that `haq export --as qdq` writes under a policy, as a runtime computes it.
  func deployed(_ quantized: any PolicyNetwork, _ float: FloatNetwork, under policy: Policy) throws
    -> DeployedNetwork
  {
    guard let quantized = quantized as? QuantizedNetwork else {
      throw EvaluatorFailure(.illegal, "runtimes have no codebooks; use --quantizer linear")
    }
    do {
      try ExportForm.qdq.check(policy, for: float.network)
      let names = try QuantizedGraph.valuesWithoutLayers(in: float.graph, under: policy)
      let values = zip(names, try encodings(of: names, in: rewritten ?? float))
      let (layers, bytes) = try numbers(of: quantized, float, under: policy, checkpoint: nil)
      let deployment = try QuantizedGraph(
        float.graph, policy: policy, encodings: layers, values: Dictionary(uniqueKeysWithValues: values),
        constants: changedConstants(of: float), numbers: bytes
      ).deployment()
      return try DeployedNetwork(deployment.graph, weightScales: deployment.weightScales)
    } catch let error as ExportError {
      throw EvaluatorFailure(.illegal, "\(error)")
    }
  }

  /// What a recipe made of constants that nodes between layers read, where it changed them.
  private func changedConstants(of float: FloatNetwork) -> [String: [Float]] {
    guard let rewritten else { return [:] }
    return rewritten.graph.constants.filter { float.graph.constants[$0.key] != $0.value }.mapValues(\.values)
  }

  /// Quantizers of 8 bits for values of the network, calibrated as the inputs of layers are.
  private func encodings(of values: [String], in network: FloatNetwork) throws -> [QuantizerEncoding] {
    let known = try network.graph.shapes()
    if let unknown = values.first(where: { known[$0] == nil }) {
      throw EvaluatorFailure(.illegal, "the network has no value \"\(unknown)\"")
    }
    guard !values.isEmpty else { return [] }
    let calibration = try ActivationCalibration(
      ofValues: values, of: network.graph, on: calibrationImages, by: quantization.activationRule)
    return values.map { calibration.quantizer(ofValue: $0, width: .eight).encoding(bits: .eight) }
  }
}
