public import Calibration
public import Core
import Foundation
import Specs
import Targets
public import Validation

/// Parameters that were fitted to measured costs: the result of `haq calibrate`.
public struct CalibrationDocument: Document {
  public static let schema: SchemaName = "haq.calibration/1.0"

  public var target: String
  /// The files' names.
  public var tables: [String]
  public var metric: Metric
  public var parameters: [Fitted]
  public var fitted: Part
  /// Absent when no layer was held out.
  public var heldOut: Part?
  /// Sets of values that were tried, and how many of them the model refused.
  public var evaluations: Int
  public var refused: Int
  public var seed: UInt64
  /// Checks of the old spec that the new parameters do not keep; the new spec leaves them out.
  public var droppedChecks: [String]
  public var warnings: [String]
  /// The new spec.
  public var output: String
  /// False when the fit is not better, and nobody forced it.
  public var isWritten: Bool
  /// A library that was copied beside the new spec, because it would not be found there; absent when none was.
  public var copiedLibrary: String?

  /// One parameter before and after.
  public struct Fitted: Hashable, Sendable, Codable {
    public var key: String
    public var unit: String?
    public var before: Double
    public var after: Double
    public var low: Double
    public var high: Double
    public var step: ParameterRange.Step
  }

  /// The errors of one part of the layers.
  public struct Part: Hashable, Sendable, Codable {
    public var layers: [String]
    public var before: ErrorStatistics
    public var after: ErrorStatistics

    fileprivate init(_ part: CalibrationOutcome.Part) {
      (layers, before, after) = (part.layers, part.before, part.after)
    }
  }

  /// The file of the new spec.
  public struct Output: Hashable, Sendable {
    public var file: String
    public var isWritten: Bool
    public var copiedLibrary: String?

    public init(file: String, isWritten: Bool, copiedLibrary: String? = nil) {
      self.file = file
      self.isWritten = isWritten
      self.copiedLibrary = copiedLibrary
    }
  }

  private enum CodingKeys: String, CodingKey {
    case target, tables, metric, parameters, fitted, evaluations, refused, seed, warnings, output
    case heldOut = "held_out"
    case droppedChecks = "dropped_checks"
    case isWritten = "is_written"
    case copiedLibrary = "copied_library"
  }

  /// - Parameters:
  ///   - outcome: The fit.
  ///   - output: The new spec, and what came of it.
  public init(_ outcome: CalibrationOutcome, output: Output, seed: UInt64, isInterrupted: Bool) {
    target = outcome.problem.target.spec.id
    tables = outcome.problem.tables.map { URL(filePath: $0.file).lastPathComponent }
    self.output = output.file
    isWritten = output.isWritten
    copiedLibrary = output.copiedLibrary
    metric = outcome.problem.metric
    self.seed = seed
    evaluations = outcome.result.evaluations
    refused = outcome.result.refused
    parameters = outcome.parameters.map {
      Fitted(
        key: $0.key, unit: $0.range.unit, before: $0.before, after: $0.after, low: $0.range.low,
        high: $0.range.high, step: $0.range.step)
    }
    fitted = Part(outcome.fitted)
    heldOut = outcome.heldOut.map(Part.init)
    droppedChecks = outcome.droppedChecks
    warnings = outcome.result.warnings.map(\.text)
    if heldOut == nil {
      warnings.append("no layer is held out, so the error of the fit on other layers is unknown")
    }
    if !droppedChecks.isEmpty {
      warnings.append(
        "the new spec leaves out \(Quantity.counted(droppedChecks.count, "check")) that it does not keep: "
          + droppedChecks.joined(separator: "; "))
    }
    if isInterrupted { warnings.append("interrupted: the best values so far, not the best there are") }
  }
}
