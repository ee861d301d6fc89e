import CHAQPlugin
import Core
import Isolation
import PluginLoading

/// What rule H-41 asks of plugins whose costs depend on the widths of outputs.
extension Probe {
  static let outputTests: [String: Test] = [
    "output-widths": { probe in
      guard probe.plugin.usesOutputWidths else {
        return .skipped("the plugin does not set HAQ_USES_OUTPUT_BITS")
      }
      let instance = try probe.instance()
      defer { instance.destroy() }
      let formats = probe.request.activationWidths.filter { probe.plugin.usesFormats && !$0.isNumberOfBits }
      for output in BitWidth.range.compactMap({ BitWidth($0) }) + formats {
        let (bits, code) = (UInt16(output.bits), output.formatCode)
        let stated = "output_bits \(bits)" + (code == 0 ? "" : " and output_format \(code)")
        let points = probe.points.map { $0.withOutputs(of: bits, format: code) }
        let batch = instance.evaluate(points)
        guard batch.code == HAQ_OK else {
          throw ProbeFailure("evaluate returns \(batch.code) for \(stated): \(batch.text)")
        }
        for (index, point) in points.enumerated() {
          if let problem = probe.problem(with: batch, index) {
            throw ProbeFailure("\(problem) of \(probe.name(of: point)) with \(stated)")
          }
        }
      }
      if probe.plugin.isMeasured { return .passed }
      let asInput = try instance.answer(
        probe.points.map { $0.withOutputs(of: $0.activation_bits, format: $0.activation_format) })
      let notStated = try probe.baseline()
      for (index, point) in probe.points.enumerated() {
        try probe.expectEqual(
          point, (notStated, index), (asInput, index),
          "when output_bits is \(point.activation_bits) and not 0")
      }
      return .passed
    }
  ]

  /// What is wrong with an answer; nil when it is one.
  private func problem(with batch: Batch, _ index: Int) -> String? {
    guard batch.status[index] <= HAQ_POINT_DOES_NOT_FIT else { return "no status that has a meaning" }
    guard batch.status[index] == HAQ_POINT_OK else { return nil }
    return request.metrics.first { !(0...1e15).contains(batch.cell($0, index)) }
      .map { "\($0.rawValue) is \(batch.cell($0, index)), outside 0 ... 1e15," }
  }
}

extension haq_point {
  func withOutputs(of bits: UInt16, format: UInt8) -> haq_point {
    var point = self
    (point.output_bits, point.output_format) = (bits, format)
    return point
  }
}
