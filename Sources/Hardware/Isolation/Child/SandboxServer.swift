import CConfinement
import Core
import ForeignFunctions
import Glibc
package import PluginLoading

/// The life of `haq-sandbox`: gives up what it could do harm with, then answers until the channel closes.
package struct SandboxServer {
  private typealias Descriptor = SandboxProcess.Descriptor

  private let channel: ChildChannel
  private let progress: SharedProgress
  private let dependencies: [String]
  private let probe: (ProbeRequest, LoadedPlugin) -> Verdict
  private var library: (any ModelLibrary)?
  private var instance: (any ModelInstance)?

  /// Confines this process; `arguments` are those of the program, without its name.
  ///
  /// Returns nil when they are not what the program `haq` passes; ends the process where it cannot be confined.
  ///
  /// - Parameter probe: how a loaded plugin is tested.
  package init?(arguments: [String], probe: @escaping (ProbeRequest, LoadedPlugin) -> Verdict) {
    guard let arguments = SandboxArguments(texts: arguments) else { return nil }
    self.probe = probe
    dependencies = arguments.dependencies
    channel = ChildChannel(descriptor: Descriptor.channel)
    do throws(Unconfined) {
      let confinement = try Confinement(entering: arguments)
      guard let progress = SharedProgress(mapping: Descriptor.progress, keepingDescriptor: false) else {
        throw Unconfined("no shared memory")
      }
      self.progress = progress
      channel.send(.confined(confinement))
    } catch {
      channel.send(.unable(error.reason))
      exit(1)
    }
  }

  /// Answers requests until there are no more.
  package mutating func run() {
    while let body = channel.receive() {
      guard let request = try? Request(frame: body) else {
        channel.send(.unable("it was asked something that it does not know"))
        return
      }
      let reply = reply(to: request)
      // What a plugin printed must be in the pipe before its answer is.
      fflush(nil)
      channel.send(reply)
    }
  }

  private mutating func reply(to request: Request) -> Reply {
    do {
      switch request {
      case .load(let request):
        guard library == nil else { return .unable("it was asked to load a second library") }
        let loaded = try load(request)
        library = loaded
        return .loaded(loaded.facts)
      case .create(let setup):
        guard let library, instance == nil else { return .unable("it was asked for an instance out of turn") }
        instance = try library.instance(of: setup)
        layerCount = setup.network.layers.count
        return .done
      case .evaluate(let metrics, let points):
        guard let instance, let library, !metrics.isEmpty, arePresent(points),
          library.facts.provides.isSuperset(of: metrics)
        else { return .unable("it was asked for costs out of turn") }
        return .columns(try instance.columns(of: metrics, for: points))
      case .breakdown(let points):
        guard let instance, library?.facts.providesBreakdown == true, arePresent(points) else {
          return .unable("it was asked for a breakdown out of turn")
        }
        return .breakdown(try instance.breakdown(for: points))
      case .components(let points):
        guard let instance, points.allSatisfy({ $0.layer < layerCount }) else {
          return .unable("it was asked for components out of turn")
        }
        return .components(try instance.components(for: points))
      case .resources:
        guard let instance else { return .unable("it was asked for resources out of turn") }
        return .resources(try instance.resources())
      case .network(let metrics, let policies):
        guard let instance, let library, library.facts.providesNetwork, !metrics.isEmpty, !policies.isEmpty,
          policies.allSatisfy({ $0.count == layerCount }),
          library.facts.provides.isSuperset(of: metrics)
        else { return .unable("it was asked for costs of a network out of turn") }
        return .columns(try instance.networkColumns(of: metrics, for: policies))
      case .probe(let request):
        guard let plugin = library as? LoadedPlugin else { return .unable("it was asked to test no plugin") }
        return .verdict(probe(request, plugin))
      case .destroy:
        try instance?.end()
        instance = nil
        return .done
      }
    } catch let error as PluginError {
      return .failed(error)
    } catch let error as Unconfined {
      return .unable(error.reason)
    } catch {
      return .unable("\(error)")
    }
  }

  private var layerCount = 0

  private func arePresent(_ points: [Point]) -> Bool {
    !points.isEmpty && points.allSatisfy { $0.layer < layerCount }
  }

  /// Loads what was asked for; afterwards nothing more can be loaded.
  private func load(_ request: LoadRequest) throws -> any ModelLibrary {
    for (index, path) in dependencies.enumerated() {
      try LoadedDependency.open(descriptor: Descriptor.dependencies + Int32(index), called: path)
    }
    let library = try open(request)
    for index in -1..<dependencies.count { close(Descriptor.dependencies + Int32(index)) }
    guard confinement_end_loading() == 0 else {
      throw Unconfined("code could still be loaded after the library")
    }
    return library
  }

  private func open(_ request: LoadRequest) throws -> any ModelLibrary {
    switch request {
    case .plugin(let plugin):
      return try LoadedPlugin(
        descriptor: Descriptor.library, called: plugin.path, statusColumn: progress.statusColumn,
        isCancelled: { [progress = Unretained(progress)] in progress.value.isCancelled },
        log: { [channel] in channel.send(.log($0)) })
    case .functions(let functions):
      return try FunctionLibrary(
        descriptor: Descriptor.library, called: functions.path, signatures: functions.signatures,
        statusColumn: progress.statusColumn)
    }
  }
}

/// The shared memory, from any thread of a plugin.
///
/// `@unchecked Sendable`: `isCancelled` reads one aligned word, which the program alone writes; the object lives as
/// long as the process.
private struct Unretained: @unchecked Sendable {
  let value: SharedProgress

  init(_ value: SharedProgress) { self.value = value }
}
