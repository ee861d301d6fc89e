import Foundation
import HardwareModel
import Isolation
public import PluginLoading
import SpecLanguage

extension Target {
  /// Where the program `haq-sandbox` may lie, in order.
  var sandboxCandidates: [String] {
    let folder = URL(filePath: program).deletingLastPathComponent()
    return [
      folder.appending(path: "haq-sandbox").path,
      folder.deletingLastPathComponent().appending(path: "libexec/haq/haq-sandbox").path,
    ]
  }

  /// The plugin, loaded where the spec and the user want it, bound to the spec's parameters and metrics.
  public func costModel(of library: LibraryFile) throws -> PluginCostModel {
    guard case .plugin(let plugin) = spec.model else { preconditionFailure("every model is a plugin") }
    let loaded = try load(library, plugin)
    let stated = ABIVersion(major: UInt32(plugin.abi.major), minor: UInt32(plugin.abi.minor))
    guard loaded.facts.abi == stated else {
      throw TargetError.wrongABI(
        library: library.path, target: spec.id, stated: "\(stated)", found: "\(loaded.facts.abi)")
    }
    return try PluginCostModel(
      library: loaded, targetID: spec.id, baseDirectory: folder, parameters: spec.parameters,
      metrics: Set(spec.capabilities.aggregates.keys))
  }

  /// Absolute path of the spec's folder.
  package var folder: String { URL(filePath: file).absoluteURL.deletingLastPathComponent().path }

  private func load(_ library: LibraryFile, _ plugin: TargetSpec.Plugin) throws -> any ModelLibrary {
    let sealed = try library.sealed()
    switch (plugin.isolation, inProcess) {
    case (.inProcess, .allowed):
      // Once loaded, the library no longer needs the descriptor.
      return try withExtendedLifetime(sealed) {
        try LoadedPlugin(descriptor: sealed.descriptor, called: sealed.path)
      }
    case (.inProcess, .refused):
      throw TargetError.inProcessNotAllowed(target: spec.id, file: file)
    case (.process, _):
      return try SandboxedLibrary(
        sealed, as: .plugin(PluginRequest(path: library.path)), sandbox: try sandbox(),
        limits: plugin.timeout_s.map { SandboxLimits(timeout_s: $0) } ?? SandboxLimits())
    }
  }

  /// The sandbox program that belongs to this one.
  package func sandbox() throws -> String {
    guard let path = sandboxCandidates.first(where: FileManager.default.isExecutableFile(atPath:)) else {
      throw TargetError.missingSandbox(lookedAt: sandboxCandidates)
    }
    return path
  }
}
