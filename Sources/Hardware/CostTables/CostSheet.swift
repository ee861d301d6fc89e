public import Core
public import Diagnostics

/// Costs as a file states them, point by point, in SI units; not yet bound to any network.
public struct CostSheet: Sendable {
  /// As named in messages.
  public var file: String
  /// The metrics that every costed row has.
  public var metrics: [Metric]
  /// How the file writes latencies; rows hold seconds in any case.
  public var latencyUnit: LatencyUnit
  /// What every row says of its layer.
  public var identity: Identity
  public var rows: [Row]
  /// Samples per inference that the costs are for, when the file says.
  public var batch: Int?
  /// Whether a point without costs is one that nobody measured, rather than one that cannot run.
  public var emptyMeansUnmeasured = false
  /// Whether the number of the first layer was stated, so that it is no guess.
  public var isNumberingStated = false
  /// What the table calls layers that were matched by their order, by position in the network.
  var titles: [Int: String] = [:]
  /// How the file was understood; nil for forms that leave nothing to understand.
  public var map: SheetMap?

  /// How a file writes latencies.
  public enum LatencyUnit: String, Hashable, Sendable, Codable, CaseIterable {
    case seconds
    /// Clock cycles of the target.
    case cycles
  }

  /// How the rows of a file tell which layer they are about.
  public enum Identity: Hashable, Sendable {
    /// By shape, so that the sheet serves every network with layers of these shapes; names only tell equal
    /// shapes apart.
    case shapes
    /// By name, which means nothing without the network that the sheet was made for.
    case names
    /// By position in the network that the sheet was made for.
    case positions
  }

  /// One point.
  public struct Row: Sendable {
    public var place: Diagnostic.Place
    /// Position in the network, from 0, when the file states it.
    public var layer: Int?
    public var name: String?
    public var shape: LayerShape?
    public var precision: Precision
    /// The width at which the layer's output is stored, when the file states it.
    public var output: BitWidth?
    /// SI units, for the whole batch; nil when the target cannot run the point.
    public var costs: [Metric: Double]?
  }

  /// Whether rows state the widths at which outputs are stored.
  public var statesOutputs: Bool { rows.contains { $0.output != nil } }

  /// Largest cell that can be a cost, as for plugins.
  static let largestCost = 1e15
}
