import Core
import Rendering
public import Validation

/// Latencies of whole networks that a target predicts, beside measured ones: the result of `haq validate --networks`.
public struct NetworkValidationDocument: Document {
  public static let schema: SchemaName = "haq.network-validation/1.0"

  /// Id of the target.
  public var target: String
  /// The measured networks.
  public var file: String
  /// In the order of the file.
  public var networks: [Part]
  public var all: Part

  /// Runs of one network, or of all.
  public struct Part: Hashable, Sendable, Codable {
    /// `all` for all of them.
    public var name: String
    public var predicted: ErrorStatistics
    /// Of what the layers alone add up to; absent where the target knows no more than layers.
    public var sumOfLayers: ErrorStatistics?
    /// The share of runs within the 90 % interval; absent where the target does not say how sure it is.
    public var intervalCoverage: Double?

    private enum CodingKeys: String, CodingKey {
      case name, predicted
      case sumOfLayers = "sum_of_layers"
      case intervalCoverage = "interval_coverage"
    }
  }

  /// A network under a policy.
  public struct Run: Hashable, Sendable {
    public var network: String
    /// Seconds.
    public var measured: Double
    public var predicted: Double
    public var sumOfLayers: Double?
    public var interval: ClosedRange<Double>?

    public init(
      network: String, measured: Double, predicted: Double, sumOfLayers: Double?,
      interval: ClosedRange<Double>?
    ) {
      self.network = network
      self.measured = measured
      self.predicted = predicted
      self.sumOfLayers = sumOfLayers
      self.interval = interval
    }
  }

  private enum CodingKeys: String, CodingKey { case target, file, networks, all }

  /// Nil without runs.
  public init?(_ runs: [Run], of target: String, file: String) {
    guard let all = Part("all", runs) else { return nil }
    self.all = all
    (self.target, self.file) = (target, file)
    var names: [String] = []
    for run in runs where !names.contains(run.network) { names.append(run.network) }
    networks = names.compactMap { name in Part(name, runs.filter { $0.network == name }) }
  }
}

extension NetworkValidationDocument.Part {
  fileprivate init?(_ name: String, _ runs: [NetworkValidationDocument.Run]) {
    let measured = runs.map(\.measured)
    guard let predicted = ErrorStatistics(predicted: runs.map(\.predicted), measured: measured) else {
      return nil
    }
    self.name = name
    self.predicted = predicted
    let sums = runs.compactMap(\.sumOfLayers)
    sumOfLayers = sums.count == runs.count ? ErrorStatistics(predicted: sums, measured: measured) : nil
    let sure = runs.filter { $0.interval != nil }
    intervalCoverage =
      sure.isEmpty
      ? nil : Double(sure.count { $0.interval?.contains($0.measured) ?? false }) / Double(sure.count)
  }
}

extension NetworkValidationDocument {
  /// For a terminal.
  public var text: String {
    var table = TextTable([
      .init("network"), .init("runs", .right), .init("mean error", .right), .init("bias", .right),
      .init("within 10 %", .right), .init("Kendall", .right), .init("90 % intervals", .right),
      .init("sum of layers", .right),
    ])
    for part in networks + [all] {
      table.add([
        part.name, "\(part.predicted.count)", Quantity.smallPercent(part.predicted.meanAbsoluteError),
        Quantity.signedPercent(part.predicted.bias), Quantity.percent(part.predicted.within10Percent),
        Quantity.coefficient(part.predicted.kendall),
        part.intervalCoverage.map { "hold \(Quantity.percent($0))" } ?? "",
        part.sumOfLayers.map { "\(Quantity.smallPercent($0.meanAbsoluteError)) off" } ?? "",
      ])
    }
    return "\(target) against whole networks of \(file).\n\n\(table.text)"
  }
}
