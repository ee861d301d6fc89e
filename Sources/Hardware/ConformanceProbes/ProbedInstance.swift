import CHAQPlugin
import Core
import Isolation
import PluginLoading

/// One instance, called without the care that protects ordinary users of plugins.
///
/// `@unchecked Sendable`: tests that use one from several threads do so because the rules allow it (H-16).
final class ProbedInstance: @unchecked Sendable {
  private let probe: Probe
  private let pointer: OpaquePointer
  /// Kept for ever: a plugin that holds on to what it must not is to fail its own test, not another one.
  private let setup: Unmanaged<PluginSetup>

  /// Throws when create fails.
  init(_ probe: Probe, _ setup: PluginSetup) throws {
    self.probe = probe
    self.setup = .passRetained(setup)
    pointer = try Self.create(probe, UnsafePointer(setup.pointer), host: probe.plugin.host).get()
  }

  /// Of structs that a test has laid out itself.
  init(
    _ probe: Probe, _ setup: UnsafePointer<haq_setup>, keeping owner: PluginSetup,
    host: UnsafePointer<haq_host>
  ) throws {
    self.probe = probe
    self.setup = .passRetained(owner)
    pointer = try Self.create(probe, setup, host: host).get()
  }

  /// The instance, or why there is none.
  static func create(
    _ probe: Probe, _ setup: UnsafePointer<haq_setup>, host: UnsafePointer<haq_host>, capacity: Int = 1_024
  ) -> Result<OpaquePointer, CreateFailure> {
    var made: OpaquePointer?
    var message = ProbedMessage(capacity: capacity)
    let code = message.with { probe.plugin.table.create(host, setup, &made, $0) }
    guard code == HAQ_OK, let made else {
      return .failure(CreateFailure(code: code, text: message.text, isOverrun: message.isOverrun))
    }
    return .success(made)
  }

  private typealias Evaluate =
    @convention(c) (
      OpaquePointer?, UnsafePointer<haq_point>?, UInt64, UnsafePointer<haq_results>?,
      UnsafeMutablePointer<haq_message>?
    ) -> Int32

  func destroy() { probe.plugin.table.destroy(pointer) }

  /// One evaluate, whatever comes of it. Columns have a margin on both sides, so that writing outside does no harm
  /// and is seen.
  ///
  /// - Parameter wanted: nil for all that the target promises.
  /// - Parameter extraSize: by how much `haq_results` is larger than this program knows, filled with 0xAA.
  func evaluate(_ points: [haq_point], wanted: [Metric]? = nil, extraSize: Int = 0) -> Batch {
    let evaluate = probe.plugin.table.evaluate
    return call(evaluate, points, count: points.count, wanted ?? probe.request.metrics, extraSize: extraSize)
  }

  /// One call of `haq.network/1`: several policies, one after another in `points`.
  func evaluateNetwork(_ points: [haq_point], policies: Int) -> Batch {
    call(probe.plugin.network?.evaluate, points, count: policies, probe.request.networkMetrics, extraSize: 0)
  }

  /// One call of `haq.breakdown/1`: columns `compute_s`, `weight_traffic_s`, `activation_traffic_s`, and the bounds.
  func evaluateBreakdown(_ points: [haq_point]) -> (
    cells: [[Double]], bound: [UInt32], overruns: Bool, code: Int32, text: String
  ) {
    guard let function = probe.plugin.breakdown?.evaluate else {
      preconditionFailure("what is not offered is not asked")
    }
    let (margin, count) = (Batch.margin, points.count)
    let mark = Double(bitPattern: 0x7FF8_5A5A_5A5A_5A5A)
    let length = count + 2 * margin
    var cells = Array(repeating: mark, count: 3 * length)
    for column in 0..<3 {
      for row in 0..<count { cells[column * length + margin + row] = .nan }
    }
    var bounds = Array(repeating: UInt32.max, count: length)
    var message = ProbedMessage(capacity: 1_024)
    let code = cells.withUnsafeMutableBufferPointer { cells in
      bounds.withUnsafeMutableBufferPointer { bounds in
        // Both have margins, so neither is empty.
        let (first, bound) = (cells.baseAddress! + margin, bounds.baseAddress! + margin)
        var results = haq_breakdown_results()
        results.struct_size = UInt32(MemoryLayout<haq_breakdown_results>.size)
        results.compute_s = first
        results.weight_traffic_s = first + length
        results.activation_traffic_s = first + 2 * length
        results.bound = bound
        return message.with { function(pointer, points, UInt64(count), &results, $0) }
      }
    }
    let isOutside = { (position: Int) in !(margin..<margin + count).contains(position % length) }
    let overruns =
      cells.indices.contains { isOutside($0) && cells[$0].bitPattern != mark.bitPattern }
      || bounds.indices.contains { isOutside($0) && bounds[$0] != .max }
    return (
      (0..<3).map { Array(cells[$0 * length + margin..<$0 * length + margin + count]) },
      Array(bounds[margin..<margin + count]), overruns, code, message.text
    )
  }

  /// A call of a function of that form, which writes `count` cells of each of `metrics`.
  private func call(
    _ function: Evaluate?, _ points: [haq_point], count: Int, _ metrics: [Metric], extraSize: Int
  ) -> Batch {
    guard let function else { preconditionFailure("what is not offered is not asked") }
    var batch = Batch(metrics: metrics, count: count)
    var message = ProbedMessage(capacity: 1_024)
    var code = HAQ_OK
    let size = MemoryLayout<haq_results>.size
    withUnsafeTemporaryAllocation(byteCount: size + extraSize, alignment: 8) { memory in
      memory.initializeMemory(as: UInt8.self, repeating: 0xAA)
      var results = haq_results()
      results.struct_size = UInt32(size + extraSize)
      // A batch of none still has an address to pass.
      let points = points.isEmpty ? [haq_point()] : points
      batch.withPointers { status, columns in
        results.status = status
        for (metric, cells) in zip(metrics, columns) {
          if let column = metric.resultColumn { results[keyPath: column] = cells }
        }
        memory.storeBytes(of: results, as: haq_results.self)
        code = message.with {
          function(
            pointer, points, UInt64(count), memory.baseAddress?.assumingMemoryBound(to: haq_results.self), $0)
        }
      }
    }
    batch.code = code
    batch.text = message.text
    return batch
  }

  /// The answers; throws when evaluate fails.
  func answer(_ points: [haq_point], extraSize: Int = 0) throws -> Batch {
    let batch = evaluate(points, extraSize: extraSize)
    guard batch.code == HAQ_OK else {
      throw ProbeFailure("evaluate returns \(batch.code) for legal points: \(batch.text)")
    }
    return batch
  }
}

/// What create said instead of making an instance.
struct CreateFailure: Error {
  let code: Int32
  let text: String
  /// Whether it wrote beyond the buffer.
  let isOverrun: Bool
}

extension CreateFailure: CustomStringConvertible {
  var description: String { "create returns \(code) for a legal setup: \(text)" }
}
