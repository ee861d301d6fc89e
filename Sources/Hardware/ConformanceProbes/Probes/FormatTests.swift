import CHAQPlugin
import Core
import Isolation
import PluginLoading

/// What rule H-42 asks of plugins that know number formats.
extension Probe {
  static let formatTests: [String: Test] = [
    "formats": { probe in
      guard probe.plugin.usesFormats else { return .skipped("the plugin does not set HAQ_USES_FORMATS") }
      let baseline = try probe.baseline()
      let costed = probe.points.indices.filter { baseline.status[$0] == HAQ_POINT_OK }
        .map { probe.points[$0] }
      try probe.requireCosts(of: probe.request.weightWidths, "weight", in: costed) {
        ($0.weight_bits, $0.weight_format)
      }
      try probe.requireCosts(of: probe.request.activationWidths, "activation", in: costed) {
        ($0.activation_bits, $0.activation_format)
      }
      let instance = try probe.instance()
      defer { instance.destroy() }
      for code in undefinedFormats {
        try probe.requireUnsupported(costed.map { $0.with(\.weight_format, code) }, instance, "weight", code)
        try probe.requireUnsupported(
          costed.map { $0.with(\.activation_format, code) }, instance, "activation", code)
        guard probe.plugin.usesOutputWidths else { continue }
        try probe.requireUnsupported(
          costed.map { $0.withOutputs(of: 8, format: code) }, instance, "output", code)
      }
      return .passed
    }
  ]

  /// Codes that ABI 1.1 defines, without that of integers.
  static let definedFormats: [UInt32] =
    Array(HAQ_FORMAT_FP16...HAQ_FORMAT_FP4_E2M1) + Array(HAQ_FORMAT_MXFP8_E4M3...HAQ_FORMAT_MXFP4)
    + [HAQ_FORMAT_NVFP4] + Array(HAQ_FORMAT_INTEGER_G32...HAQ_FORMAT_INTEGER_G128)

  /// Codes that it does not define, beside those that it does and at the end.
  private static let undefinedFormats: [UInt8] = [8, 16, 22, 31, 33, 63, 67, 128, 255]

  /// Throws for a format of the target that no point with a cost has.
  private func requireCosts(
    of widths: [BitWidth], _ operand: String, in costed: [haq_point],
    _ format: (haq_point) -> (bits: UInt16, code: UInt8)
  ) throws {
    for width in widths where !width.isNumberOfBits {
      let isCosted = costed.contains { format($0) == (UInt16(width.bits), width.formatCode) }
      guard isCosted else {
        throw ProbeFailure(
          "no point with \(operand)s of \(width) has a cost, though the spec's capabilities have that format")
      }
    }
  }

  /// Throws unless none of the points, which differ from points with a cost in one code, has a cost.
  private func requireUnsupported(
    _ points: [haq_point], _ instance: ProbedInstance, _ operand: String, _ code: UInt8
  ) throws {
    let batch = instance.evaluate(points)
    guard batch.code == HAQ_OK else {
      throw ProbeFailure(
        "evaluate returns \(batch.code) for \(operand)_format \(code), which has no meaning: \(batch.text); such "
          + "points are HAQ_POINT_UNSUPPORTED")
    }
    for (index, point) in points.enumerated() where batch.status[index] != HAQ_POINT_UNSUPPORTED {
      throw ProbeFailure(
        "the status of \(name(of: point)) is \(batch.status[index]) at \(operand)_format \(code), which has no "
          + "meaning; it must be HAQ_POINT_UNSUPPORTED")
    }
  }
}

extension haq_point {
  fileprivate func with(_ field: WritableKeyPath<haq_point, UInt8>, _ code: UInt8) -> haq_point {
    var point = self
    point[keyPath: field] = code
    return point
  }
}
