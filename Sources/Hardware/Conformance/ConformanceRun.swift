import Core
import Diagnostics
import Isolation
import PluginLoading
import Specs
import Targets

/// Makes the checks of one target, each in a separate sandbox.
public struct ConformanceRun {
  private let file: String
  private let program: String
  private let seed: UInt64
  private let limits: SandboxLimits

  /// For the spec at `file` and the program at the absolute path `program`, which its sandbox lies beside.
  ///
  /// - Parameter seed: of the tests that draw points at random.
  /// - Parameter timeout_s: the longest that one check may take.
  public init(specFile file: String, program: String, seed: UInt64 = 1, timeout_s: Double = 10) {
    self.file = file
    self.program = program
    self.seed = seed
    limits = SandboxLimits(timeout_s: timeout_s)
  }

  /// One check and how it ended.
  public struct Result: Hashable, Sendable {
    public let check: Check
    public let outcome: Check.Outcome
  }

  /// The checks of `chosen` in their order, each reported to `onResult` as it ends.
  @discardableResult
  public func run(_ chosen: [Check] = Check.all, onResult: (Result) -> Void = { _ in }) -> [Result] {
    let subject = Subject(file: file, program: program)
    return chosen.map { check in
      let result = Result(check: check, outcome: outcome(of: check, subject))
      onResult(result)
      return result
    }
  }

  private func outcome(of check: Check, _ subject: Subject) -> Check.Outcome {
    let target: Target
    switch subject.target {
    case .success(let read): target = read
    case .failure(let error):
      return check.id == "spec-valid" ? .failed("\(error)") : .skipped("the spec is not valid")
    }
    switch check.id {
    case "spec-valid":
      return target.warnings.first.map { .warning($0.description) } ?? .passed
    case "sources-stated":
      return target.spec.sources.isEmpty
        ? .warning("\"sources\" is \"assumption\": nothing was compared") : .passed
    default: break
    }
    guard case .plugin = target.spec.model else { return .skipped("the model is not a plugin") }
    do {
      let library = try subject.library.get()
      return try outcome(of: check, target, library)
    } catch {
      return libraryOutcome(of: check, error)
    }
  }

  /// A library that cannot be had fails the one check that is about why.
  private func libraryOutcome(of check: Check, _ error: any Error) -> Check.Outcome {
    let culprit =
      switch error as? TargetError {
      case .untrusted: "files-trusted"
      case .wrongDigest: "pin-matches"
      default: "loads"
      }
    return check.id == culprit ? .failed("\(error)") : .skipped("there is no library to check")
  }

  private func outcome(of check: Check, _ target: Target, _ library: LibraryFile) throws -> Check.Outcome {
    guard case .plugin(let plugin) = target.spec.model else { return .skipped("the model is not a plugin") }
    switch check.id {
    case "files-trusted": return .passed
    case "pin-matches": return plugin.library.sha256 == nil ? .skipped("the spec pins no library") : .passed
    case "exports-only-entry": return exports(of: library)
    case "reference-points": return references(target, library)
    default: break
    }
    do {
      let probed = try ProbedLibrary(
        library.sealed(), sandbox: try target.sandbox(), limits: limits, log: { _ in })
      switch check.id {
      case "loads": return try usable(probed.facts, target, plugin)
      case "quiet-load":
        return probed.printedAtLoad.isEmpty
          ? .passed : .failed("it prints \"\(probed.printedAtLoad.prefix(100))\" while it is loaded")
      default: break
      }
      let (verdict, printed) = try probed.run(ProbeRequest(check.id, target, seed: seed))
      if check.id == "prints-nothing", !printed.isEmpty {
        return .failed("it writes to standard output: \"\(printed.prefix(100))\"")
      }
      return Check.Outcome(verdict)
    } catch let error as SandboxError {
      return Check.Outcome(error, loading: check.id == "loads")
    } catch let error as PluginError {
      return check.id == "loads" ? .failed("\(error)") : .skipped("the library does not load")
    }
  }

  /// What has to agree between spec and table before anything is asked.
  private func usable(
    _ facts: ModelFacts, _ target: Target, _ plugin: TargetSpec.Plugin
  ) throws -> Check.Outcome {
    guard plugin.abi == facts.abi else {
      return .failed("it was built for plugin ABI \(facts.abi); the spec says \(plugin.abi)")
    }
    let absent = Metric.ofTargets.first {
      target.spec.capabilities.aggregates.keys.contains($0) && !facts.provides.contains($0)
    }
    if let absent { return .failed("the spec promises \(absent.key), which the plugin does not provide") }
    return .passed
  }

  /// A warning, because H-7 says should: whatever else is exported stays in the library's own scope (`RTLD_LOCAL`).
  private func exports(of library: LibraryFile) -> Check.Outcome {
    guard let symbols = ExportedSymbols(of: library.bytes) else {
      return .skipped("the library has no table of symbols that can be read")
    }
    // Without the entry it is no plugin, which is for "loads" to say.
    let others = symbols.names.filter { $0 != "haq_plugin_entry" }
    guard let first = others.first else { return .passed }
    let more = others.count > 1 ? " and \(others.count - 1) more" : ""
    return .warning(
      "it also exports \"\(first.prefix(60))\"\(more); hide what is not the entry, with -fvisibility=hidden or a "
        + "version script")
  }

  private func references(_ target: Target, _ library: LibraryFile) -> Check.Outcome {
    guard !target.spec.checks.isEmpty else { return .skipped("the spec has no checks") }
    do {
      try target.verifyChecks(against: try target.costModel(of: library))
      return .passed
    } catch let error as SandboxError {
      return Check.Outcome(error, loading: false)
    } catch let error as PluginError {
      // A plugin that cannot be asked fails the checks that are about that.
      return .skipped("\(error)")
    } catch {
      return .failed("\(error)")
    }
  }
}

/// The spec and its library, read once for all checks.
private struct Subject {
  let target: Result<Target, any Error>
  let library: Result<LibraryFile, any Error>

  init(file: String, program: String) {
    let target = Result { try Target(file: file, origin: .commandLine, program: program) }
    self.target = target
    library = Result {
      let target = try target.get()
      guard case .plugin = target.spec.model else { throw ModelWithoutLibrary() }
      return try target.library()
    }
  }
}

/// A model whose library, if it has one, the checks are not about.
private struct ModelWithoutLibrary: Error {}

extension Check.Outcome {
  fileprivate init(_ verdict: Verdict) {
    switch verdict {
    case .passed: self = .passed
    case .warning(let reason): self = .warning(reason)
    case .failed(let reason): self = .failed(reason)
    case .skipped(let reason): self = .skipped(reason)
    }
  }

  /// - Parameter loading: whether loading is what is checked; otherwise a library that does not load is no news.
  fileprivate init(_ error: SandboxError, loading: Bool) {
    if error.call == .load || error.call == .start, !loading {
      self = .skipped("the library does not load")
      return
    }
    switch error.ending {
    case .timeout: self = .timedOut("\(error)")
    case .cannotStart, .unable: self = .failed("\(error)")
    // Printing is judged by a check of its own.
    case .standardOutput: self = .skipped("\(error)")
    default: self = .crashed("\(error)")
    }
  }
}
