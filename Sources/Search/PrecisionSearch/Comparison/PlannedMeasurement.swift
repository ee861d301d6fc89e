public import Core

/// One step of a `FinalComparison`.
public enum PlannedMeasurement: Hashable, Sendable {
  /// Before the others, where policies race for the places of the finalists.
  case contender
  case floatBaseline
  case finalist
  case uniform(Precision)
  case searchedTest
  case uniformTest
  case floatBaselineTest
  case deepCompression
  case deepCompressionTest
  /// On both splits.
  case pact(Precision)
  /// Mostly uniform 8 bit, on both splits.
  case reference(Precision)
}

extension PlannedMeasurement: CustomStringConvertible {
  public var description: String {
    switch self {
    case .contender: "contender for a place among the finalists"
    case .floatBaseline: "float baseline"
    case .finalist: "searched policy"
    case .uniform(let precision): "uniform \(precision)"
    case .searchedTest: "searched policy on the test split"
    case .uniformTest: "best uniform policy on the test split"
    case .floatBaselineTest: "float baseline on the test split"
    case .deepCompression: "Deep Compression"
    case .deepCompressionTest: "Deep Compression on the test split"
    case .pact(let precision): "PACT at uniform \(precision)"
    case .reference(let precision): "uniform \(precision.title)"
    }
  }
}
