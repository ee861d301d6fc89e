public import Core
import PluginLoading
import Specs

/// Costs of a target whose parameters change from question to question; its library is loaded once.
public final class ParameterSweep {
  private let target: Target
  private let network: Network
  /// Absent before the first question, and after one that the library did not survive.
  private var loaded: (library: any ModelLibrary, sha256: String)?

  /// Loads nothing yet.
  public init(of target: Target, on network: Network) {
    self.target = target
    self.network = network
  }

  /// The costs with these numbers for some parameters, keys dotted; the spec's checks are not asked.
  ///
  /// Throws what `Target.costTable(of:)` throws.
  public func costTable(with values: [String: Double]) throws -> CostTable {
    let varied = target.withParameters(values)
    guard target.spec.model.library != nil else { return try varied.costTable(of: network) }
    let current = try loaded ?? load()
    loaded = current
    do {
      let model = try varied.costModel(in: current.library)
      return try varied.costTable(
        of: network, from: model, librarySHA256: current.sha256, confinement: model.confinement)
    } catch let error as PluginError {
      // The plugin refuses the values and lives on.
      throw error
    } catch {
      loaded = nil
      throw error
    }
  }

  private func load() throws -> (library: any ModelLibrary, sha256: String) {
    let file = try target.library()
    return (try target.load(file), file.sha256)
  }
}
