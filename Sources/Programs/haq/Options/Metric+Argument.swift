public import ArgumentParser
public import Core

/// Metrics as values of options, spelled as specs spell them.
extension Metric: ExpressibleByArgument {
  private static let arguments: [Metric] = allCases + [.peakActivationBytes]

  public init?(argument: String) {
    guard let metric = Self.arguments.first(where: { $0.key == argument }) else { return nil }
    self = metric
  }

  public static var allValueStrings: [String] { arguments.map(\.key) }
}
