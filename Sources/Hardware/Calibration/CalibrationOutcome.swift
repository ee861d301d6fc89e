public import Core
import CostTables
import Targets
public import Validation

/// What a fit came to: the values, the errors before and after, and the checks that the new values do not keep.
public struct CalibrationOutcome: Sendable {
  /// One parameter before and after.
  public struct Fitted: Hashable, Sendable {
    public var key: String
    public var range: ParameterRange
    public var before: Double
    public var after: Double
  }

  /// The errors of one part of the layers.
  public struct Part: Hashable, Sendable {
    public var layers: [String]
    public var before: ErrorStatistics
    public var after: ErrorStatistics
  }

  public let problem: CalibrationProblem
  public let result: ParameterFit.Result
  public let parameters: [Fitted]
  public let fitted: Part
  /// Nil when no layer was held out.
  public let heldOut: Part?
  /// Names of checks, sorted.
  public let droppedChecks: [String]

  /// Costs the network with the old and the new values.
  public init(_ problem: CalibrationProblem, _ result: ParameterFit.Result) throws {
    self.problem = problem
    self.result = result
    parameters = zip(problem.parameters, zip(problem.start, result.values)).map { parameter, values in
      Fitted(key: parameter.key, range: parameter.range, before: values.0, after: values.1)
    }
    guard let fitted = try Self.part(.fitted, problem, result.values) else {
      preconditionFailure("the fitted layers have points")
    }
    self.fitted = fitted
    heldOut = try Self.part(.heldOut, problem, result.values)
    let network = problem.tables[0].measured.network
    droppedChecks = try problem.target(with: result.values)
      .failingChecks(of: problem.target, for: network).sorted()
  }

  /// Whether the mean error is smaller than before: of the layers that were held out, where there are any.
  public var isBetter: Bool {
    let judge = heldOut ?? fitted
    return judge.after.meanAbsoluteError < judge.before.meanAbsoluteError
  }

  private static func part(
    _ part: CalibrationProblem.Part, _ problem: CalibrationProblem, _ values: [Double]
  ) throws -> Part? {
    guard let before = try problem.statistics(of: part, with: problem.start),
      let after = try problem.statistics(of: part, with: values)
    else { return nil }
    let names = problem.tables.flatMap { table in
      part.layers(of: table.split).map { table.measured.network.layers[$0].name }
    }
    return Part(layers: names, before: before, after: after)
  }
}
