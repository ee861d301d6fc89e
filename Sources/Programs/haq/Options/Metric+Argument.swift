public import ArgumentParser
public import Core

/// Metrics as values of options, spelled as specs spell them.
extension Metric: ExpressibleByArgument {
  public init?(argument: String) {
    guard let metric = Self.allCases.first(where: { $0.key == argument }) else { return nil }
    self = metric
  }

  public static var allValueStrings: [String] { allCases.map(\.key) }
}
