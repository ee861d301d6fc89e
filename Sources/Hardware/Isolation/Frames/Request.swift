package import Core
package import PluginLoading

/// What the program asks of its sandbox; one answer follows each.
package enum Request: Sendable {
  /// Load the library whose bytes the sandbox was given.
  case load(LoadRequest)
  /// Make the one instance that the sandbox holds.
  case create(ModelSetup)
  case evaluate(metrics: [Metric], points: [Point])
  case breakdown(points: [Point])
  case components(points: [Point])
  case resources
  /// What the network of the instance costs under each policy, which has a point for each layer.
  case network(metrics: [Metric], policies: [[Point]])
  case destroy
  /// Test the library that was loaded.
  case probe(ProbeRequest)
}

/// How a library is to be loaded; another kind of model is another case.
package enum LoadRequest: Hashable, Sendable {
  /// A plugin behind haq_plugin.h.
  case plugin(PluginRequest)
  /// Bare functions, called through libffi.
  case functions(FunctionsRequest)
}

/// Everything about bare functions that the library's bytes do not say.
package struct FunctionsRequest: Hashable, Sendable {
  /// What messages call the library.
  package var path: String
  package var signatures: [Metric: FunctionSignature]

  package init(path: String, signatures: [Metric: FunctionSignature]) {
    self.path = path
    self.signatures = signatures
  }
}

/// Everything about a plugin that its bytes do not say.
package struct PluginRequest: Hashable, Sendable {
  /// What messages call the library.
  package var path: String

  package init(path: String) { self.path = path }
}

extension Request {
  /// Whether the library has nothing to do after its answer until somebody wants costs again.
  var isLast: Bool {
    switch self {
    case .load, .network, .destroy, .probe: true
    // The same batch goes on: stopping and waking the process takes 20 microseconds.
    case .create, .evaluate, .breakdown, .components, .resources: false
    }
  }

  /// As errors call it.
  var call: SandboxError.Call {
    switch self {
    case .load: .load
    case .create: .create
    case .evaluate: .evaluate
    case .breakdown: .breakdown
    case .components: .components
    case .resources: .resources
    case .network: .network
    case .destroy: .destroy
    case .probe: .probe
    }
  }
}
