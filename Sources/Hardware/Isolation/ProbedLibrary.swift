package import PluginLoading

/// A sandbox for one test of a library: loads it, tests it, and reports what was printed meanwhile.
package struct ProbedLibrary {
  package let facts: ModelFacts
  /// What the library printed while it was loaded.
  package let printedAtLoad: String
  private let path: String
  private let process: SandboxProcess

  /// Throws `PluginError` or `SandboxError` when the library does not load.
  package init(
    _ library: SealedLibrary, sandbox: String, limits: SandboxLimits,
    log: @escaping @Sendable (PluginLogLine) -> Void
  ) throws {
    path = library.path
    process = try SandboxProcess(
      sandbox: sandbox, library: library, limits: limits, log: PluginLog(library: path, sink: log),
      keepsPrinting: true)
    let reply = try process.answer(to: .load(.plugin(PluginRequest(path: path))), for: path)
    guard case .loaded(let facts) = reply else { throw process.confused(by: .load, for: path) }
    self.facts = facts
    printedAtLoad = process.takePrinted()
  }

  /// The verdict, and what the library printed; throws `SandboxError` when it did not live to hear it.
  package func run(_ probe: ProbeRequest) throws -> (verdict: Verdict, printed: String) {
    let reply = try process.answer(to: .probe(probe), for: "plugin \(facts.title)")
    guard case .verdict(let verdict) = reply else { throw process.confused(by: .probe, for: path) }
    return (verdict, process.takePrinted())
  }
}
