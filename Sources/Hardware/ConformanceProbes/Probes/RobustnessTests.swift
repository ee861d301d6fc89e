import CHAQPlugin
import Core
import Isolation
import PluginLoading

extension Probe {
  static let robustnessTests: [String: Test] = [
    "layer-out-of-range": { probe in
      let instance = try probe.instance()
      defer { instance.destroy() }
      for layer in [UInt32(probe.request.setup.network.layers.count), .max] {
        var point = probe.points[0]
        point.layer = layer
        let code = instance.evaluate([point]).code
        guard code == HAQ_ERROR_INVALID else {
          throw ProbeFailure(
            "evaluate returns \(code) for layer \(layer), which does not exist, not HAQ_ERROR_INVALID")
        }
      }
      return .passed
    },
    "huge-dimensions": { probe in
      // 2^31 channels in and out of 65,535 x 65,535 elements: products of up to 2^94.
      try probe.survives { layer in
        let channels = 1 << 31
        layer.inputChannels = channels
        layer.outputChannels = channels
        if layer.kind == .depthwise { layer.groups = channels }
        guard layer.kind != .fullyConnected else { return }
        layer.input = Extent(square: 65_535)
        layer.output = Extent(square: 65_535)
      }
    },
    "zero-dimensions": { probe in
      try probe.survives { layer in
        layer.inputChannels = 0
        layer.outputChannels = 0
        layer.groups = 0
        layer.input = Extent(square: 0)
        layer.output = Extent(square: 0)
        layer.kernel = Extent(square: 0)
        layer.stride = Extent(square: 0)
      }
    },
    "other-widths": { probe in
      let instance = try probe.instance()
      defer { instance.destroy() }
      let points = [UInt16(0), 1, 3, 7, 16, 31, 32, 33, .max].flatMap { weight in
        [UInt16(0), 1, 5, 8, 32, 33, .max].map { activation in
          var point = probe.points[0]
          (point.weight_bits, point.activation_bits) = (weight, activation)
          return point
        }
      }
      try probe.judge(instance, points)
      return .passed
    },
    "random-points": { probe in
      var generator = probe.generator
      let instance = try probe.instance()
      defer { instance.destroy() }
      for _ in 0..<200 {
        let points = (0..<Int.random(in: 1...8, using: &generator)).map { _ in
          var point = probe.points.randomElement(using: &generator)!
          point.weight_bits = .random(in: 1...32, using: &generator)
          point.activation_bits = .random(in: 1...32, using: &generator)
          if Bool.random(using: &generator) { point.output_bits = .random(in: 1...32, using: &generator) }
          if probe.plugin.usesFormats {
            let known = Self.definedFormats + [HAQ_FORMAT_PLAIN]
            point.weight_format = UInt8(known.randomElement(using: &generator)!)
            point.activation_format = .random(in: 0 ... .max, using: &generator)
          }
          if Int.random(in: 0..<8, using: &generator) == 0 {
            point.layer = .random(in: 0 ... .max, using: &generator)
          }
          return point
        }
        try probe.judge(instance, points)
      }
      return .passed
    },
  ]

  /// Whatever the plugin says about a network of strange layers, it must say it properly.
  private func survives(_ change: (inout Layer) -> Void) throws -> Verdict {
    var setup = request.setup
    for index in setup.network.layers.indices { change(&setup.network.layers[index]) }
    let owner = Unmanaged.passRetained(try PluginSetup(plugin: "", setup)).takeUnretainedValue()
    switch ProbedInstance.create(self, UnsafePointer(owner.pointer), host: plugin.host) {
    case .failure(let failure):
      guard (HAQ_ERROR_INVALID...HAQ_ERROR_INTERNAL).contains(failure.code), !failure.text.isEmpty else {
        throw ProbeFailure("create returns \(failure.code) without a reason")
      }
    case .success(let made):
      plugin.table.destroy(made)
      let instance = try ProbedInstance(self, owner)
      defer { instance.destroy() }
      try judge(instance, points)
    }
    return .passed
  }

  /// Either an error, or statuses that have a meaning and cells that are costs.
  private func judge(_ instance: ProbedInstance, _ points: [haq_point]) throws {
    let batch = instance.evaluate(points)
    if batch.code == HAQ_OK { try judge(batch, points) }
  }

  /// Throws where a status has no meaning, or a cell is no cost.
  func judge(_ batch: Batch, _ points: [haq_point]) throws {
    for (index, point) in points.enumerated() {
      guard batch.status[index] <= HAQ_POINT_DOES_NOT_FIT else {
        throw ProbeFailure("the status of \(name(of: point)) is not set, or has no meaning")
      }
      for metric in request.metrics where batch.status[index] == HAQ_POINT_OK {
        let value = batch.cell(metric, index)
        guard value >= 0, value <= 1e15 else {
          throw ProbeFailure("\(metric.rawValue) of \(name(of: point)) is \(value), outside 0 ... 1e15")
        }
      }
    }
  }
}
