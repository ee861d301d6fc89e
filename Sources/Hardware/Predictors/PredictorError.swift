public import Core

/// Why a predictor does not predict.
public enum PredictorError: Error, Hashable, Sendable, CustomStringConvertible {
  case otherBatch(Int, measured: ClosedRange<Int>, file: String)
  /// Numbers of a file that give no costs.
  case notOfAFit(precision: Precision, file: String)

  public var description: String {
    switch self {
    case .otherBatch(let batch, let measured, let file):
      let known =
        measured.lowerBound == measured.upperBound
        ? "batch \(measured.lowerBound)" : "batches \(measured.lowerBound) to \(measured.upperBound)"
      return
        "\(file): the layers were measured at \(known), not at \(batch). Costs of a batch do not scale: ask for "
        + "--batch \(measured.lowerBound), or measure and fit batch \(batch) too."
    case .notOfAFit(let precision, let file):
      return
        "\(file): the numbers of \(precision) are none that a fit gives. Fit the tables anew with haq fit."
    }
  }
}
