public import Core
public import CostPrograms
import Foundation
import PluginLoading
import Specs

extension Target {
  /// Every cost of `network` at its batch, from the target's own model, after the spec's checks have held.
  ///
  /// A library runs in a separate process, unless the spec asks for this one and the user allows it.
  /// A program runs with the user's rights.
  /// Throws `TargetError`, `PluginError`, `SandboxError` when a library crashes, hangs or prints, `CostProgramError` for a
  /// program, or `Diagnostics` for a table.
  public func costTable(of network: Network, as scope: CostScope = .network) throws -> CostTable {
    try refuseUnsupportedLayers(of: network)
    switch spec.model {
    case .table(let table):
      let sheet = try sheet(of: table)
      return try costTable(of: network, from: sheet.model, tableSHA256: sheet.sha256)
    case .program: return try costTable(of: network, answeredBy: try programModel())
    case .predictor(let predictor):
      return try costTable(of: network, predictedBy: predictor, as: scope)
    case .plugin, .function: break
    }
    let library = try library()
    let model = try costModel(of: library)
    return try costTable(
      of: network, from: model, librarySHA256: library.sha256, confinement: model.confinement,
      networkModel: model.networkCosts(of: network))
  }

  /// The same from a program that has been started.
  public func costTable(of network: Network, answeredBy program: ProgramCostModel) throws -> CostTable {
    let isWhole = spec.capabilities.aggregates.values.contains(.network)
    return try costTable(
      of: network, from: program,
      confinement: "nothing: the program \(program.description.program) ran with the rights of the user",
      networkModel: isWhole ? program.networkCosts(of: network) : nil)
  }

  /// Every cost of `network`, from `model` and, as a whole, from `networkModel`, after the spec's checks have held.
  ///
  /// Throws `TargetError` when the target cannot run a layer's kind or a check fails.
  package func costTable(
    of network: Network, from model: some CostModel, librarySHA256: String? = nil, confinement: String? = nil,
    tableSHA256: String? = nil, networkModel: (any NetworkCostModel)? = nil
  ) throws -> CostTable {
    try refuseUnsupportedLayers(of: network)
    try verifyChecks(against: model)
    return try uncheckedTable(
      of: network, from: model, librarySHA256: librarySHA256, confinement: confinement,
      tableSHA256: tableSHA256, networkModel: networkModel)
  }

  /// The same of a model whose checks have held.
  func uncheckedTable(
    of network: Network, from model: some CostModel, librarySHA256: String? = nil, confinement: String? = nil,
    tableSHA256: String? = nil, networkModel: (any NetworkCostModel)? = nil
  ) throws -> CostTable {
    try CostTable(
      of: network, from: model, weightWidths: spec.capabilities.weightWidths,
      activationWidths: spec.capabilities.activationWidths, widthRules: spec.capabilities.widthRules,
      aggregates: spec.capabilities.aggregates,
      provenance: .target(
        .init(
          id: spec.id, evidence: spec.evidence, specSHA256: specSHA256, librarySHA256: librarySHA256,
          confinement: confinement, tableSHA256: tableSHA256)),
      networkModel: networkModel)
  }

  func refuseUnsupportedLayers(of network: Network) throws {
    let layers = network.layers.filter { !$0.isCosted(by: spec.capabilities.layers) }
    guard layers.isEmpty else {
      throw TargetError.unsupportedLayers(
        layers, target: spec.id, supported: spec.capabilities.layers, file: file)
    }
  }

  /// Asks `model` for every reference point of the spec; throws all that do not hold.
  package func verifyChecks(against model: some CostModel) throws {
    try verifyChecks { try model.outcomes(of: $0, in: $1) }
  }

  /// The same of any that gives the outcomes of points in a network.
  func verifyChecks(asking outcomes: ([Point], Network) throws -> [PointOutcome]) throws {
    let failures = try spec.checks.flatMap { try self.failures(of: $0, asking: outcomes) }
    guard failures.isEmpty else {
      throw TargetError.failedChecks(failures, target: spec.id, file: file)
    }
  }

  private func failures(
    of check: TargetSpec.ReferencePoint, asking outcomes: ([Point], Network) throws -> [PointOutcome]
  ) throws -> [CheckFailure] {
    let network = Network(name: check.name, batch: check.batch, layers: [check.layer])
    let outcomes = try outcomes([Point(layer: 0, precision: check.precision, output: check.output)], network)
    guard case .cost(let cost)? = outcomes.first else {
      return [CheckFailure(check: check.name, problem: .notCosted)]
    }
    return Metric.ofTargets.compactMap { metric in
      guard let expected = check.expected[metric] else { return nil }
      guard let got = cost[metric] else { return CheckFailure(check: check.name, problem: .notCosted) }
      if abs(got - expected) <= check.tolerance * expected { return nil }
      return CheckFailure(
        check: check.name,
        problem: .differs(metric, expected: expected, got: got, tolerance: check.tolerance))
    }
  }
}

/// One reference point of a spec that the model does not reproduce.
public struct CheckFailure: Hashable, Sendable, CustomStringConvertible {
  public var check: String
  public var problem: Problem

  /// What is wrong with it.
  public enum Problem: Hashable, Sendable {
    /// The model says that it cannot run the point.
    case notCosted
    /// `tolerance` is relative.
    case differs(Metric, expected: Double, got: Double, tolerance: Double)
  }

  public var description: String {
    switch problem {
    case .notCosted: "check \"\(check)\": the model gives no cost for it"
    case .differs(let metric, let expected, let got, let tolerance):
      "check \"\(check)\": \(metric.rawValue) should be \(expected), got \(got) (allowed error: "
        + "\(tolerance) of it)"
    }
  }
}
