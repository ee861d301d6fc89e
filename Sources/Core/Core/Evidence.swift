/// How far a target's costs are from evidence, in the words of its spec.
public struct Evidence: Hashable, Sendable, Codable {
  public var status: Status
  /// One sentence: compared with what, and how far from it.
  public var statement: String

  /// Kinds of evidence, strongest first.
  public enum Status: String, Hashable, Sendable, Codable, CaseIterable {
    /// Compared with measurements of the hardware.
    case measured
    /// Equal to published figures or to a published model, which it did not choose its parameters by.
    case reproduced
    /// Parameters were chosen to meet the published figures that it is compared with: a fit, not a prediction.
    case inferred
    /// Compared with nothing.
    case unvalidated
  }

  public init(_ status: Status, _ statement: String) {
    self.status = status
    self.statement = statement
  }

  /// What a reader of costs must know before trusting them; nil when there is nothing to warn of.
  public func caution(about target: String) -> String? {
    switch status {
    case .measured, .reproduced: nil
    case .inferred, .unvalidated: "The costs of \(target) are \(status.rawValue): \(statement)"
    }
  }
}
