import Core
import ELFFiles
import Foundation
import Isolation
import PluginLoading
import Specs
import Targets

/// The checks of a target behind the plugin ABI, each in a sandbox of its own.
struct PluginChecks {
  private let target: Target
  private let plugin: TargetSpec.Plugin
  private let seed: UInt64
  private var limits: SandboxLimits
  private let library: Result<LibraryFile, any Error>

  init(of target: Target, _ plugin: TargetSpec.Plugin, seed: UInt64, limits: SandboxLimits) {
    self.target = target
    self.plugin = plugin
    self.seed = seed
    self.limits = limits
    self.limits.readablePaths = [target.folder]
    library = Result { try target.library() }
  }

  func outcome(of check: Check) -> Check.Outcome {
    do {
      return try outcome(of: check.id, try library.get())
    } catch {
      return .withoutFile(error, of: check, reading: "loads")
    }
  }

  private func outcome(of id: String, _ library: LibraryFile) throws -> Check.Outcome {
    switch id {
    case "files-trusted": return .passed
    case "pin-matches": return plugin.library.sha256 == nil ? .skipped("the spec pins no library") : .passed
    case "exports-only-entry": return exports(of: library)
    case "reference-points": return references(library)
    default: break
    }
    do {
      let probed = try ProbedLibrary(
        library.sealed(), sandbox: try target.sandbox(), limits: limits, log: { _ in })
      switch id {
      case "loads": return usable(probed.facts)
      case "quiet-load":
        return probed.printedAtLoad.isEmpty
          ? .passed : .failed("it prints \"\(probed.printedAtLoad.prefix(100))\" while it is loaded")
      default: break
      }
      let (verdict, printed) = try probed.run(ProbeRequest(id, target, seed: seed))
      if id == "prints-nothing", !printed.isEmpty {
        return .failed("it writes to standard output: \"\(printed.prefix(100))\"")
      }
      return Check.Outcome(verdict)
    } catch let error as SandboxError {
      return Check.Outcome(error, loading: id == "loads")
    } catch let error as PluginError {
      return id == "loads" ? .failed("\(error)") : .blocked("the library does not load")
    }
  }

  /// What has to agree between spec and table before anything is asked.
  private func usable(_ facts: ModelFacts) -> Check.Outcome {
    guard plugin.abi == facts.abi else {
      return .failed("it was built for plugin ABI \(facts.abi); the spec says \(plugin.abi)")
    }
    let absent = Metric.ofTargets.first {
      target.spec.capabilities.aggregates.keys.contains($0) && !facts.provides.contains($0)
    }
    if let absent { return .failed("the spec promises \(absent.key), which the plugin does not provide") }
    let widths = target.spec.capabilities.weightWidths + target.spec.capabilities.activationWidths
    if !facts.usesFormats, let format = widths.first(where: { !$0.isNumberOfBits }) {
      return .failed(
        "the spec has the format \(format), and the plugin, which does not set HAQ_USES_FORMATS, knows integers and "
          + "32-bit floats only")
    }
    return .passed
  }

  /// A warning, because H-7 says should: whatever else is exported stays in the library's own scope (`RTLD_LOCAL`).
  private func exports(of library: LibraryFile) -> Check.Outcome {
    guard let symbols = ExportedSymbols(of: Data(library.bytes)) else {
      return .warning("the library has no table of symbols that can be read")
    }
    // Without the entry it is no plugin, which is for "loads" to say.
    let others = symbols.names.filter { $0 != "haq_plugin_entry" }
    guard let first = others.first else { return .passed }
    let more = others.count > 1 ? " and \(others.count - 1) more" : ""
    return .warning(
      "it also exports \"\(first.prefix(60))\"\(more); hide what is not the entry, with -fvisibility=hidden or a "
        + "version script")
  }

  private func references(_ library: LibraryFile) -> Check.Outcome {
    do {
      try target.verifyChecks(against: try target.costModel(of: library))
      return .passed
    } catch let error as SandboxError {
      return Check.Outcome(error, loading: false)
    } catch let error as PluginError {
      // A plugin that cannot be asked fails the checks that are about that.
      return .blocked("\(error)")
    } catch {
      return .failed("\(error)")
    }
  }
}
