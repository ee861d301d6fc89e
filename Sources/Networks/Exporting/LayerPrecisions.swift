public import Core

/// The options of `trtexec` that keep layers of floats in their formats, on one line.
///
/// `trtexec --help` of TensorRT 8 to 10: `--layerPrecisions=spec`, where spec is `name:precision` with commas between, `*` a
/// wildcard, and precision one of fp32, fp16, bf16, int32 and int8. They hold with `--precisionConstraints=obey`.
public struct LayerPrecisions: Hashable, Sendable {
  public let text: String

  /// - Precondition: `ExportForm.trtexec` expresses every pair of the policy.
  /// - Throws: `ExportError.unlistableNames`.
  public init(of network: Network, under policy: Policy) throws {
    let layers = zip(network.layers, policy.precisions)
    // The quantizers of the file tell of the others.
    let floats = layers.filter { $0.1.activation.bits > 8 }
    let names = floats.map(\.0.name).filter { $0.contains { ":,* \n\t".contains($0) } }
    guard names.isEmpty else { throw ExportError.unlistableNames(names) }
    let used = Set(policy.precisions.map { $0.activation == .eight ? "int8" : $0.activation.formatName })
    var options = [("int8", "--int8"), ("fp8-e4m3", "--fp8"), ("fp16", "--fp16"), ("bf16", "--bf16")]
      .filter { used.contains($0.0) }.map(\.1)
    if !floats.isEmpty {
      let list = floats.map { "\($0.0.name):\($0.1.activation.formatName)" }.joined(separator: ",")
      options += ["--precisionConstraints=obey", "--layerPrecisions=\(list)"]
    }
    text = options.joined(separator: " ") + "\n"
  }
}
