package import CHAQPlugin
package import Core

/// One `haq_instance`, destroyed exactly once; not Sendable, so its calls are serial (H-16).
final class PluginInstance: ModelInstance {
  let plugin: LoadedPlugin
  private let targetID: String
  private let statusColumn: StatusColumn?
  /// Kept alive until after destroy (H-13).
  private let setup: PluginSetup
  let instance: OpaquePointer

  /// - Parameter statusColumn: where the plugin is to write its statuses; nil for memory of our own.
  init(plugin: LoadedPlugin, setup modelSetup: ModelSetup, statusColumn: StatusColumn?) throws(PluginError) {
    let setup = try PluginSetup(
      plugin: plugin.facts.title, minor: plugin.facts.abi.minor, modelSetup)
    let targetID = modelSetup.targetID
    var created: OpaquePointer?
    let (code, text) = Self.call { plugin.table.create(plugin.host, setup.pointer, &created, $0) }
    guard code == HAQ_OK else {
      throw .failed(plugin: plugin.facts.title, target: targetID, call: .create, code: code, message: text)
    }
    guard let created else {
      throw .malformed(library: plugin.path, problem: "create returned HAQ_OK but no instance")
    }
    self.plugin = plugin
    self.targetID = targetID
    self.setup = setup
    self.statusColumn = statusColumn
    instance = created
  }

  deinit { plugin.table.destroy(instance) }

  func columns(of wanted: [Metric], for points: [Point]) throws -> RawColumns {
    let points = points.map(point)
    return try columns(of: wanted, count: points.count, .evaluate) { results, message in
      plugin.table.evaluate(instance, points, UInt64(points.count), results, message)
    }
  }

  func networkColumns(of wanted: [Metric], for policies: [[Point]]) throws -> RawColumns {
    guard let network = plugin.network else { preconditionFailure("the plugin knows layers only") }
    let points = policies.joined().map(point)
    return try columns(of: wanted, count: policies.count, .network) { results, message in
      network.evaluate(instance, points, UInt64(policies.count), results, message)
    }
  }

  /// What `function` writes into fresh columns of `count` cells.
  private func columns(
    of wanted: [Metric], count: Int, _ call: PluginError.Call,
    _ function: (UnsafePointer<haq_results>, UnsafeMutablePointer<haq_message>) -> Int32
  ) throws(PluginError) -> RawColumns {
    var raw = RawColumns(metrics: wanted, count: count)
    let (code, text) = raw.withColumnPointers { status, cells in
      var results = haq_results()
      results.struct_size = UInt32(MemoryLayout<haq_results>.size)
      results.status = statusColumn?.start(count: count) ?? status
      defer { statusColumn?.copy(count: count, to: status) }
      for (index, metric) in wanted.enumerated() {
        // The buffer holds `count` cells per wanted metric, one metric after another.
        if let column = metric.resultColumn { results[keyPath: column] = cells + index * count }
      }
      return Self.call { function(&results, $0) }
    }
    try check(code, text, call)
    return raw
  }

  func breakdown(for points: [Point]) throws -> RawBreakdown {
    guard let breakdown = plugin.breakdown else { preconditionFailure("the plugin has no breakdown") }
    let points = points.map(point)
    var raw = RawBreakdown(count: points.count)
    let count = points.count
    let (code, text) = raw.withColumnPointers { bound, cells in
      var results = haq_breakdown_results()
      results.struct_size = UInt32(MemoryLayout<haq_breakdown_results>.size)
      results.compute_s = cells
      results.weight_traffic_s = cells + count
      results.activation_traffic_s = cells + 2 * count
      results.bound = bound
      return Self.call { breakdown.evaluate(instance, points, UInt64(count), &results, $0) }
    }
    try check(code, text, .breakdown)
    return raw
  }

  func end() {}

  /// What the plugin gets of a point: the width of its output only if it asks for that (H-41), and formats only if
  /// it knows them (H-42); `PluginCostModel` has refused points that it cannot express.
  func point(_ point: Point) -> haq_point {
    var sent = haq_point(point)
    if !plugin.usesOutputWidths { (sent.output_bits, sent.output_format) = (0, 0) }
    if !plugin.usesFormats { (sent.weight_format, sent.activation_format, sent.output_format) = (0, 0, 0) }
    return sent
  }

  func check(_ code: Int32, _ text: String, _ call: PluginError.Call) throws(PluginError) {
    guard code != HAQ_OK else { return }
    throw .failed(plugin: plugin.facts.title, target: targetID, call: call, code: code, message: text)
  }

  /// Runs a plugin function with an empty message buffer (H-20, H-27); gives its code and sentence.
  static func call(
    _ function: (UnsafeMutablePointer<haq_message>) -> Int32
  ) -> (code: Int32, text: String) {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1_024) { buffer in
      buffer.initialize(repeating: 0)
      var message = haq_message(
        struct_size: UInt32(MemoryLayout<haq_message>.size), capacity: UInt32(buffer.count),
        text: buffer.baseAddress)
      let code = function(&message)
      // The end is ours to see to: a plugin that forgot the final zero must not make us read on.
      buffer[buffer.count - 1] = 0
      return (code, String(cString: buffer.baseAddress!))
    }
  }
}

extension haq_point {
  package init(_ point: Point) {
    self.init(
      layer: UInt32(point.layer), weight_bits: UInt16(point.precision.weight.bits),
      activation_bits: UInt16(point.precision.activation.bits),
      output_bits: UInt16(point.output?.bits ?? 0), flags: 0,
      weight_format: point.precision.weight.formatCode,
      activation_format: point.precision.activation.formatCode, output_format: point.output?.formatCode ?? 0,
      reserved: 0)
  }
}
