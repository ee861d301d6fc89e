import CHAQPlugin
import Core
import Isolation
import PluginLoading

extension Probe {
  static let windowTests: [String: Test] = [
    "unusual-windows": { probe in
      guard probe.plugin.facts.abi.minor > 0 else {
        return .skipped("it was built for ABI 1.0; haq refuses such layers for it (H-39)")
      }
      let plain = probe.request.setup.network.layers.filter { [.convolution, .depthwise].contains($0.kind) }
      guard !plain.isEmpty else { return .skipped("the target runs no layer with a window") }
      for window in UnusualWindow.allCases {
        let verdict = try probe.verdict(of: plain, window)
        guard verdict == .passed else { return verdict }
      }
      return .passed
    }
  ]

  /// Another window that gives layers the sizes that they have: as many multiply-accumulates, of the same weights.
  private enum UnusualWindow: String, CaseIterable {
    case dilated
    /// All of the padding is before the input, as in causal convolutions.
    case shifted

    func applied(to layer: Layer) -> Layer {
      var layer = layer
      layer.name += ", \(rawValue)"
      let (height, width) = (layer.kernel.height - 1, layer.kernel.width - 1)
      switch self {
      case .dilated:
        layer.dilation = Extent(square: 2)
        layer.padding = Layer.Padding(top: height, left: width, bottom: height, right: width)
      case .shifted:
        layer.padding = Layer.Padding(top: height, left: width, bottom: 0, right: 0)
      }
      return layer
    }
  }

  /// A layer that the plugin cannot cost is refused, in `create` or by its status; one that it costs is not cheaper
  /// than with the usual window.
  private func verdict(of plain: [Layer], _ window: UnusualWindow) throws -> Verdict {
    var request = request
    request.setup.network.layers = plain.flatMap { [$0, window.applied(to: $0)] }
    let probe = Probe(request: request, plugin: plugin, points: Self.points(of: request, for: plugin))
    let setup = try PluginSetup(plugin: plugin.facts.title, request.setup)
    let owner = Unmanaged.passRetained(setup).takeUnretainedValue()
    switch ProbedInstance.create(probe, UnsafePointer(owner.pointer), host: plugin.host) {
    case .failure(let failure):
      guard [HAQ_ERROR_INVALID, HAQ_ERROR_UNSUPPORTED].contains(failure.code), !failure.text.isEmpty else {
        throw ProbeFailure(
          "create returns \(failure.code) for \(window.rawValue) layers, with the sentence \"\(failure.text)\"; it refuses "
            + "them with HAQ_ERROR_UNSUPPORTED or HAQ_ERROR_INVALID and a sentence")
      }
      return .passed
    case .success(let made): plugin.table.destroy(made)
    }
    let instance = try ProbedInstance(probe, setup)
    defer { instance.destroy() }
    let batch = instance.evaluate(probe.points)
    guard batch.code == HAQ_OK else {
      throw ProbeFailure(
        "evaluate returns \(batch.code) for \(window.rawValue) layers, which create accepted: \(batch.text)")
    }
    try probe.judge(batch, probe.points)
    return plugin.isMeasured ? .passed : probe.cheaper(in: batch) ?? .passed
  }

  /// A warning where a layer with another window costs less than the one before it, which has the usual one.
  private func cheaper(in batch: Batch) -> Verdict? {
    guard request.metrics.contains(.latency) else { return nil }
    let perLayer = points.prefix { $0.layer == points[0].layer }.count
    for (index, point) in points.enumerated() where point.layer.isMultiple(of: 2) == false {
      let usual = index - perLayer
      guard batch.status[index] == HAQ_POINT_OK, batch.status[usual] == HAQ_POINT_OK else { continue }
      let (other, plain) = (batch.cell(.latency, index), batch.cell(.latency, usual))
      if other < plain {
        return .warning(
          "latency_s of \(name(of: point)) is \(other), less than the \(plain) with the usual window, though sizes and "
            + "work are the same")
      }
    }
    return nil
  }
}
