import Core
import Foundation
import Isolation
public import PluginLoading
import Specs

extension Target {
  /// The library, loaded where the spec and the user want it, bound to the spec's parameters and metrics.
  ///
  /// - Precondition: the model has a library.
  public func costModel(of library: LibraryFile) throws -> PluginCostModel {
    try costModel(in: load(library))
  }

  /// The model of a library that is loaded already, bound to the spec's parameters and metrics.
  func costModel(in loaded: any ModelLibrary) throws -> PluginCostModel {
    let model = try PluginCostModel(
      library: loaded, targetID: spec.id, baseDirectory: folder, parameters: spec.parameters,
      metrics: Set(spec.capabilities.aggregates.keys),
      networkMetrics: Set(spec.capabilities.aggregates.filter { $0.value == .network }.keys))
    try model.requireFormats(of: spec.capabilities.weightWidths + spec.capabilities.activationWidths)
    return model
  }

  /// Absolute path of the spec's folder.
  package var folder: String { URL(filePath: file).absoluteURL.deletingLastPathComponent().path }

  func load(_ library: LibraryFile) throws -> any ModelLibrary {
    let sealed = try library.sealed()
    switch spec.model {
    case .table, .program, .predictor: preconditionFailure("the model has no library")
    case .function(let functions):
      let request = FunctionsRequest(path: library.path, signatures: functions.signatures)
      return try sandboxed(sealed, as: .functions(request), functions.library)
    case .plugin(let plugin):
      let loaded = try load(sealed, plugin)
      guard loaded.facts.abi == plugin.abi else {
        throw TargetError.wrongABI(
          library: library.path, target: spec.id, stated: "\(plugin.abi)", found: "\(loaded.facts.abi)")
      }
      return loaded
    }
  }

  private func load(_ sealed: SealedLibrary, _ plugin: TargetSpec.Plugin) throws -> any ModelLibrary {
    switch (plugin.isolation, inProcess) {
    case (.inProcess, .allowed):
      // Once loaded, the library no longer needs the descriptor.
      return try withExtendedLifetime(sealed) {
        for needed in sealed.dependencies {
          try LoadedDependency.open(descriptor: needed.descriptor, called: needed.path)
        }
        return try LoadedPlugin(descriptor: sealed.descriptor, called: sealed.path)
      }
    case (.inProcess, .refused):
      throw TargetError.inProcessNotAllowed(target: spec.id, file: file)
    case (.process, _):
      return try sandboxed(
        sealed, as: .plugin(PluginRequest(path: sealed.path)), plugin.library)
    }
  }

  private func sandboxed(
    _ sealed: SealedLibrary, as request: LoadRequest, _ library: TargetSpec.Library
  ) throws -> SandboxedLibrary {
    var limits = SandboxLimits(readablePaths: [folder])
    if let timeoutSeconds = library.timeoutSeconds { limits.timeoutSeconds = timeoutSeconds }
    return try SandboxedLibrary(sealed, as: request, sandbox: try sandbox(), limits: limits)
  }

  /// The sandbox program that belongs to this one.
  package func sandbox() throws -> String { try Installation(program: program).sandbox() }
}
