import CHAQPlugin
import Core
package import Isolation
package import PluginLoading
import RandomNumbers

/// One test of a loaded plugin, and what it needs: points, instances, batches.
package struct Probe {
  typealias Test = @Sendable (Probe) throws -> Verdict

  let request: ProbeRequest
  let plugin: LoadedPlugin
  /// Every layer at every pair of widths, in order; as many as one call may have.
  ///
  /// Of a plugin that knows integers and 32-bit floats only, these alone.
  let points: [haq_point]

  /// Carries out the test that `request` names.
  package static func run(_ request: ProbeRequest, on plugin: LoadedPlugin) -> Verdict {
    guard let test = tests[request.name] else { return .failed("there is no test \(request.name)") }
    let probe = Probe(request: request, plugin: plugin, points: points(of: request, for: plugin))
    guard !probe.points.isEmpty else {
      return .blocked("the plugin knows none of the target's formats, since it does not set HAQ_USES_FORMATS")
    }
    do {
      return try test(probe)
    } catch let failure as ProbeFailure {
      return .failed(failure.reason)
    } catch {
      return .failed("\(error)")
    }
  }

  private static let tests: [String: Test] = [
    entryTests, versionTests, instanceTests, resultTests, outputTests, formatTests, extensionTests,
    determinismTests,
    threadTests, robustnessTests, windowTests, networkTests, physicsTests, mannerTests,
  ].reduce(into: [:]) { $0.merge($1) { first, _ in first } }

  static func points(of request: ProbeRequest, for plugin: LoadedPlugin) -> [haq_point] {
    let limit = plugin.facts.maxPoints
    func known(_ widths: [BitWidth]) -> [BitWidth] {
      plugin.usesFormats ? widths : widths.filter(\.isNumberOfBits)
    }
    let all = request.setup.network.layers.indices.flatMap { layer in
      known(request.weightWidths).flatMap { weight in
        known(request.activationWidths).map { activation in
          haq_point(Point(layer: layer, precision: Precision(weight: weight, activation: activation)))
        }
      }
    }
    return Array(all.prefix(limit == 0 ? 4_096 : min(limit, 4_096)))
  }

  var generator: SeededGenerator { SeededGenerator(seed: request.seed) }

  /// `layer "x" at W4A8`
  func name(of point: haq_point) -> String {
    let layers = request.setup.network.layers
    let layer = Int(point.layer) < layers.count ? "\"\(layers[Int(point.layer)].name)\"" : "\(point.layer)"
    return "layer \(layer) at \(Self.precision(of: point))"
  }

  /// `W4A8`, `int4/bf16`, or bits with codes where there is no such format.
  static func precision(of point: haq_point) -> String {
    if let precision = point.precision { return "\(precision)" }
    let codes = (point.weight_format, point.activation_format)
    let formats = codes == (0, 0) ? "" : " with the formats \(codes.0) and \(codes.1)"
    return "W\(point.weight_bits)A\(point.activation_bits)\(formats)"
  }

  /// The answers to all points, from a separate instance; throws when the plugin gives none.
  func baseline() throws -> Batch {
    let instance = try instance()
    defer { instance.destroy() }
    return try instance.answer(points)
  }

  /// A new instance of what the request describes, or of a variation.
  func instance(_ change: (inout ModelSetup) -> Void = { _ in }) throws -> ProbedInstance {
    var setup = request.setup
    change(&setup)
    return try ProbedInstance(self, PluginSetup(plugin: plugin.facts.title, setup))
  }

  /// Throws when two batches about the same points differ in a bit.
  func expectEqual(_ first: Batch, _ second: Batch, of points: [haq_point], _ when: String) throws {
    for index in points.indices { try expectEqual(points[index], (first, index), (second, index), when) }
  }

  /// Throws when two answers about one point, each a batch and a row in it, differ in a bit.
  func expectEqual(
    _ point: haq_point, _ first: (batch: Batch, row: Int), _ second: (batch: Batch, row: Int), _ when: String
  ) throws {
    let status = (first.batch.status[first.row], second.batch.status[second.row])
    guard status.0 == status.1 else {
      throw ProbeFailure("the status of \(name(of: point)) is \(status.0), but \(status.1) \(when)")
    }
    for metric in request.metrics where status.0 == HAQ_POINT_OK {
      let (a, b) = (first.batch.cell(metric, first.row), second.batch.cell(metric, second.row))
      guard a.bitPattern == b.bitPattern || (a.isNaN && b.isNaN) else {
        throw ProbeFailure("\(metric.rawValue) of \(name(of: point)) is \(a), but \(b) \(when)")
      }
    }
  }
}

extension haq_point {
  /// Nil where there is no such format.
  var precision: Precision? {
    guard let weight = BitWidth(bits: Int(weight_bits), formatCode: weight_format),
      let activation = BitWidth(bits: Int(activation_bits), formatCode: activation_format)
    else { return nil }
    return Precision(weight: weight, activation: activation)
  }
}

/// A rule that the plugin breaks, as a sentence about it.
struct ProbeFailure: Error {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}
