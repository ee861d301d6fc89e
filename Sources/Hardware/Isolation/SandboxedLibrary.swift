import Core
package import PluginLoading
import Synchronization

/// A library that is loaded in a separate process, where nothing that it does can harm this one.
///
/// One question at a time, from any thread.
package final class SandboxedLibrary: ModelLibrary {
  package let facts: ModelFacts
  /// What confines the library.
  package let confinement: Confinement
  private let process: Mutex<SandboxProcess>

  /// Starts `sandbox`, the program `haq-sandbox`, and loads the library there.
  ///
  /// Throws `PluginError` for what the library is, `SandboxError` for what it did.
  package init(
    _ library: SealedLibrary, as request: LoadRequest, sandbox: String,
    limits: SandboxLimits = SandboxLimits(),
    log: @escaping @Sendable (PluginLogLine) -> Void = LoadedPlugin.writeToStandardError
  ) throws {
    let fileName = library.path.split(separator: "/").last.map(String.init) ?? library.path
    let process = try SandboxProcess(
      sandbox: sandbox, library: library, limits: limits, log: PluginLog(library: fileName, sink: log))
    let reply = try process.answer(to: .load(request), for: library.path)
    guard case .loaded(let facts) = reply, let confinement = process.confinement else {
      throw process.confused(by: .load, for: library.path)
    }
    self.facts = facts.confined(by: confinement)
    self.confinement = confinement
    self.process = Mutex(process)
  }

  package func instance(of setup: ModelSetup) throws -> any ModelInstance {
    try ask(.create(setup))
    return SandboxedInstance(library: self, setup: setup)
  }

  /// The answer to a question that errors call `question`.
  fileprivate func ask(_ request: Request, about question: String) throws -> Reply {
    try process.withLock { try $0.answer(to: request, for: "plugin \(facts.title), asked for \(question),") }
  }

  @discardableResult
  fileprivate func ask(
    _ request: Request, about points: [Point] = [], of network: Network? = nil
  ) throws -> Reply {
    try process.withLock {
      try $0.answer(to: request, for: "plugin \(facts.title)", about: points, of: network)
    }
  }

  fileprivate func confused(by call: SandboxError.Call) -> SandboxError {
    process.withLock { $0.confused(by: call, for: "plugin \(facts.title)") }
  }
}

extension ModelFacts {
  /// The same, noting what no library can say of itself.
  fileprivate func confined(by confinement: Confinement) -> ModelFacts {
    var facts = self
    facts.confinement = "\(confinement)"
    return facts
  }
}

/// The one instance of a sandboxed library, by its questions.
private final class SandboxedInstance: ModelInstance {
  private let library: SandboxedLibrary
  private let setup: ModelSetup
  private var hasEnded = false

  init(library: SandboxedLibrary, setup: ModelSetup) {
    self.library = library
    self.setup = setup
  }

  // After a failure that has already been reported, this one adds nothing.
  deinit { if !hasEnded { _ = try? library.ask(.destroy) } }

  func columns(of wanted: [Metric], for points: [Point]) throws -> RawColumns {
    let reply = try library.ask(
      .evaluate(metrics: wanted, points: points), about: points, of: setup.network)
    guard case .columns(let raw) = reply, raw.metrics == wanted, raw.status.count == points.count else {
      throw library.confused(by: .evaluate)
    }
    return raw
  }

  func breakdown(for points: [Point]) throws -> RawBreakdown {
    let reply = try library.ask(.breakdown(points: points))
    guard case .breakdown(let raw) = reply, raw.bound.count == points.count else {
      throw library.confused(by: .breakdown)
    }
    return raw
  }

  func components(for points: [Point]) throws -> RawComponents? {
    let reply = try library.ask(.components(points: points))
    guard case .components(let raw) = reply,
      raw.map({ $0.values.count == points.count * $0.components.count }) ?? true
    else { throw library.confused(by: .components) }
    return raw
  }

  func resources() throws -> [ResourceUse] {
    guard case .resources(let resources) = try library.ask(.resources) else {
      throw library.confused(by: .resources)
    }
    return resources
  }

  func networkColumns(of wanted: [Metric], for policies: [[Point]]) throws -> RawColumns {
    let metrics = wanted.map(\.rawValue).joined(separator: ", ")
    let reply = try library.ask(
      .network(metrics: wanted, policies: policies),
      about: "\(metrics) of network \"\(setup.network.name)\" as a whole")
    guard case .columns(let raw) = reply, raw.metrics == wanted, raw.status.count == policies.count else {
      throw library.confused(by: .network)
    }
    return raw
  }

  func end() throws {
    hasEnded = true
    try library.ask(.destroy)
  }
}

extension SandboxProcess {
  /// The answer, or its failure as an error about `subject`.
  func answer(
    to request: Request, for subject: String, about points: [Point] = [], of network: Network? = nil
  ) throws -> Reply {
    if !points.isEmpty { progress.reset(count: points.count) }
    do {
      switch try ask(request) {
      case .failed(let error): throw error
      case .unable(let reason): throw SandboxEnded(.unable(reason: reason))
      case let reply: return reply
      }
    } catch let error as SandboxEnded {
      throw SandboxError(
        subject: subject, call: request.call, ending: error.ending,
        progress: network.map { reached(points, of: $0) }, lastWords: lastWords)
    }
  }

  private func reached(_ points: [Point], of network: Network) -> SandboxError.Progress {
    let answered = progress.answered(of: points.count)
    let next = answered < points.count ? points[answered] : nil
    return SandboxError.Progress(
      answered: answered, total: points.count,
      next: next.map { .init(layer: network.layers[$0.layer].name, precision: $0.precision) })
  }

  func confused(by call: SandboxError.Call, for subject: String) -> SandboxError {
    SandboxError(subject: subject, call: call, ending: .nonsense(problem: "replied to a different request"))
  }
}
