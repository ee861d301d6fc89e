public import Core
import Specs

extension Target {
  /// The same model with other numbers for some parameters, keys dotted.
  ///
  /// Its checks are left out, because they were made for the old numbers; `failingChecks` says which still hold.
  public func withParameters(_ values: [String: Double]) -> Target {
    var target = self
    target.spec.parameters = spec.parameters.map { parameter in
      values[parameter.key].map { Parameter(key: parameter.key, value: .number($0)) } ?? parameter
    }
    target.spec.checks = []
    return target
  }

  /// The names of the checks of `original` that do not hold for this target's parameters.
  ///
  /// Throws what `costTable(of:)` throws for other reasons.
  public func failingChecks(of original: Target, for network: Network) throws -> Set<String> {
    var target = self
    target.spec.checks = original.spec.checks
    do {
      _ = try target.costTable(of: network)
      return []
    } catch TargetError.failedChecks(let failures, _, _) {
      return Set(failures.map(\.check))
    }
  }
}
