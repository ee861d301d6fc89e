package import Core

/// A library that was loaded, in this process or in a sandbox, and can be asked for costs.
package protocol ModelLibrary: Sendable {
  /// What the library says about itself.
  var facts: ModelFacts { get }

  /// Binds the library to a target and a network.
  func instance(of setup: ModelSetup) throws -> any ModelInstance
}

/// A library bound to one target and one network; asked serially (H-16).
package protocol ModelInstance: AnyObject {
  /// One evaluate call. Cells come back as the library left them, NaN and all ones where it did not write.
  ///
  /// - Precondition: at least one metric and one point, at most `PluginCostModel.pointLimit`.
  func columns(of wanted: [Metric], for points: [Point]) throws -> RawColumns

  /// One call of `haq.breakdown/1`, for points whose status was HAQ_POINT_OK.
  ///
  /// - Precondition: `providesBreakdown` of the library's facts.
  func breakdown(for points: [Point]) throws -> RawBreakdown

  /// The components of this instance and, for points whose status was HAQ_POINT_OK, their values
  /// (`haq.components/1`); nil when not offered.
  func components(for points: [Point]) throws -> RawComponents?

  /// What the target takes of its device (`haq.resources/1`); empty when not offered.
  func resources() throws -> [ResourceUse]

  /// One call of `haq.network/1`: one cell for each policy, as the library left it.
  ///
  /// - Parameter policies: Each with a point for each layer, in order.
  /// - Precondition: `providesNetwork` of the library's facts, and at least one metric and one policy.
  func networkColumns(of wanted: [Metric], for policies: [[Point]]) throws -> RawColumns

  /// Destroys the instance where a failure can be reported; otherwise the last reference does.
  func end() throws
}

/// What a plugin's table says, apart from its functions.
package struct ModelFacts: Hashable, Sendable {
  package var id: String
  package var version: String
  package var abi: ABIVersion
  package var provides: Set<Metric>
  package var providesBreakdown: Bool
  package var providesNetwork: Bool
  /// Whether points state the width at which the layer's output is stored.
  package var usesOutputWidths: Bool
  /// Whether points may be in formats other than integers and 32-bit floats.
  package var usesFormats: Bool
  package var isMeasured: Bool
  /// Most points per call; 0 when the library has no limit.
  package var maxPoints: Int
  /// What confines the library; nil in the program's own process.
  package var confinement: String?

  package init(
    id: String, version: String, abi: ABIVersion, provides: Set<Metric>, providesBreakdown: Bool,
    providesNetwork: Bool = false, usesOutputWidths: Bool = false, usesFormats: Bool = false,
    isMeasured: Bool,
    maxPoints: Int
  ) {
    self.id = id
    self.version = version
    self.abi = abi
    self.provides = provides
    self.providesBreakdown = providesBreakdown
    self.providesNetwork = providesNetwork
    self.usesOutputWidths = usesOutputWidths
    self.usesFormats = usesFormats
    self.isMeasured = isMeasured
    self.maxPoints = maxPoints
  }

  /// `id version`, as errors name a plugin.
  package var title: String { "\(id) \(version)" }
}

/// All that an instance is about.
package struct ModelSetup: Hashable, Sendable {
  package var targetID: String
  /// Absolute path of the folder of the target's spec.
  package var baseDirectory: String
  /// Keys are unique; any order.
  package var parameters: [Parameter]
  package var network: Network

  package init(targetID: String, baseDirectory: String, parameters: [Parameter], network: Network) {
    self.targetID = targetID
    self.baseDirectory = baseDirectory
    self.parameters = parameters
    self.network = network
  }
}
