public import Core
public import CostTables

/// Where the second of two tables of one network differs from the first: the result of `haq table diff`.
public struct TableDiffDocument: Document {
  public static let schema: SchemaName = "haq.table-diff/1.0"

  public var compared: Int
  /// Metrics that only one of the tables has at all, so that nothing could be compared.
  public var metricsOfOneTable: [Metric]
  /// Largest relative difference first.
  public var differences: [Difference]
  /// Costs that only one of the tables has, such as `conv1 at W4A6, energy`.
  public var onlyInFirst: [String]
  public var onlyInSecond: [String]

  /// One cost that differs by more than the tolerance.
  public struct Difference: Hashable, Sendable, Codable {
    public var layer: String
    public var precision: String
    /// Of the output as it is stored; absent where the tables do not state it.
    public var outputBits: BitWidth?
    public var metric: Metric
    public var first: Double
    public var second: Double
    /// (second - first) / first; absent where the first is 0.
    public var relative: Double?

    private enum CodingKeys: String, CodingKey {
      case layer, precision, metric, first, second, relative
      case outputBits = "output_bits"
    }
  }

  private enum CodingKeys: String, CodingKey {
    case compared, differences
    case metricsOfOneTable = "metrics_of_one_table"
    case onlyInFirst = "only_in_first"
    case onlyInSecond = "only_in_second"
  }

  public init(_ difference: TableDifference) {
    compared = difference.compared
    metricsOfOneTable = difference.metricsOfOneTable
    differences = difference.differences.map {
      Difference(
        layer: $0.layer, precision: $0.precision, outputBits: $0.output, metric: $0.metric, first: $0.first,
        second: $0.second, relative: $0.relative)
    }
    onlyInFirst = difference.onlyInFirst
    onlyInSecond = difference.onlyInSecond
  }

  public var isEmpty: Bool { differences.isEmpty && onlyInFirst.isEmpty && onlyInSecond.isEmpty }
}
