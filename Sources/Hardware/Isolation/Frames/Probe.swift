package import Core
package import PluginLoading

/// One test of a plugin, carried out in the sandbox that has loaded it.
package struct ProbeRequest: Hashable, Sendable {
  /// Which test; the sandbox program knows them by name.
  package var name: String
  /// What an instance is made of.
  package var setup: ModelSetup
  /// The metrics that the target promises.
  package var metrics: [Metric]
  /// Those of them whose costs do not add over layers.
  package var networkMetrics: [Metric]
  package var weightWidths: [BitWidth]
  package var activationWidths: [BitWidth]
  package var seed: UInt64

  package init(
    name: String, setup: ModelSetup, metrics: [Metric], networkMetrics: [Metric] = [],
    weightWidths: [BitWidth], activationWidths: [BitWidth], seed: UInt64
  ) {
    self.name = name
    self.setup = setup
    self.metrics = metrics
    self.networkMetrics = networkMetrics
    self.weightWidths = weightWidths
    self.activationWidths = activationWidths
    self.seed = seed
  }
}

/// How a test went.
package enum Verdict: Hashable, Sendable {
  case passed
  case warning(String)
  case failed(String)
  /// The rule does not apply.
  case skipped(String)
  /// It could not be tested, because another test fails.
  case blocked(String)
}

extension FrameWriter {
  mutating func probe(_ probe: ProbeRequest) {
    text(probe.name)
    setup(probe.setup)
    metrics(probe.metrics)
    metrics(probe.networkMetrics)
    list(probe.weightWidths) { $0.text($1.formatName) }
    list(probe.activationWidths) { $0.text($1.formatName) }
    number(probe.seed)
  }

  mutating func verdict(_ verdict: Verdict) {
    switch verdict {
    case .passed: number(UInt8(0))
    case .warning(let reason):
      number(UInt8(1))
      text(reason)
    case .failed(let reason):
      number(UInt8(2))
      text(reason)
    case .skipped(let reason):
      number(UInt8(3))
      text(reason)
    case .blocked(let reason):
      number(UInt8(4))
      text(reason)
    }
  }
}

extension FrameReader {
  mutating func probe() throws(FrameError) -> ProbeRequest {
    ProbeRequest(
      name: try text(), setup: try setup(), metrics: try metrics(), networkMetrics: try metrics(),
      weightWidths: try widths(), activationWidths: try widths(), seed: try number())
  }

  private mutating func widths() throws(FrameError) -> [BitWidth] {
    try list { reader throws(FrameError) in
      guard let width = BitWidth(formatName: try reader.text()) else {
        throw FrameError("has a width that does not exist")
      }
      return width
    }
  }

  mutating func verdict() throws(FrameError) -> Verdict {
    switch try number(UInt8.self) {
    case 0: return .passed
    case 1: return .warning(try text())
    case 2: return .failed(try text())
    case 3: return .skipped(try text())
    case 4: return .blocked(try text())
    case let other: throw FrameError("has the unknown verdict \(other)")
    }
  }
}
