public import Core
import Diagnostics
import Specs

/// A target whose costs are in a table; never gives a cost that the table does not hold or imply.
public struct TabulatedCostModel: CostModel {
  /// What happens to a point that the table lacks.
  public enum MissingPoints: Sendable {
    /// It is an error that names it.
    case refused
    /// Its cost is interpolated linearly between measured widths of the same layer.
    case interpolated
  }

  private let sheet: CostSheet
  private let scope: Scope
  private let missingPoints: MissingPoints
  private let index: SheetIndex

  /// What the costs of a sheet are for.
  public struct Scope: Sendable {
    /// Samples per inference.
    public var batch: Int
    /// `Network.shapeSHA256` of the only network that the sheet is for; nil when its rows have shapes.
    public var networkSHA256: String?

    public init(batch: Int, networkSHA256: String?) {
      self.batch = batch
      self.networkSHA256 = networkSHA256
    }
  }

  /// Throws `Diagnostics` when the sheet does not identify its layers and `scope` names no network.
  public init(_ sheet: CostSheet, scope: Scope, missingPoints: MissingPoints) throws {
    guard sheet.identity == .shapes || scope.networkSHA256 != nil else {
      throw Diagnostics([
        Diagnostic(
          "the table does not describe the shapes of its layers, and names alone do not say what was measured",
          at: .init(file: sheet.file),
          hint: "Add the columns of shapes, or name the network by \"network_sha256\" in the spec's model.")
      ])
    }
    self.sheet = sheet
    self.scope = scope
    self.missingPoints = missingPoints
    index = SheetIndex(sheet)
  }

  public var usesOutputWidths: Bool { sheet.statesOutputs }

  /// The outcome of every point.
  ///
  /// Throws `Diagnostics` when the table is for another network or batch, or lacks points; all missing points
  /// are named.
  public func outcomes(of points: [Point], in network: Network) throws -> [PointOutcome] {
    try demandSameNetwork(network)
    var layers: [Int: SheetLayer] = [:]
    for layer in Set(points.map(\.layer)).sorted() {
      layers[layer] = try index.layer(ofLayer: layer, in: network)
    }
    let outcomes = points.map { point in
      outcome(
        at: point.precision, in: layers[point.layer]?.grid(at: point.precision, output: point.output))
    }
    let missing = zip(points, outcomes).filter { $0.1 == nil }.map(\.0)
    guard missing.isEmpty else { throw lacking(missing, in: network) }
    return outcomes.compactMap { $0 }
  }

  private func outcome(at precision: Precision, in grid: SheetGrid?) -> PointOutcome? {
    guard let grid else { return nil }
    if let cell = grid.cells[precision] { return cell.outcome }
    guard missingPoints == .interpolated, let costs = grid.interpolated(at: precision) else { return nil }
    return .cost(Cost(values: costs, isInterpolated: true))
  }

  private func demandSameNetwork(_ network: Network) throws {
    var problems: [Diagnostic] = []
    let place = Diagnostic.Place(file: sheet.file)
    if let batch = sheet.batch, batch != scope.batch {
      problems.append(
        Diagnostic(
          "the table says that it is for batch \(batch); the spec says batch \(scope.batch)", at: place,
          hint: "Correct \"batch\" in the spec."))
    }
    if network.batch != scope.batch {
      problems.append(
        Diagnostic(
          "the table was measured at batch \(scope.batch), not at batch \(network.batch)", at: place,
          hint: "Costs of a batch do not scale; measure it, or ask for --batch \(scope.batch)."))
    }
    if let sha256 = scope.networkSHA256, sha256 != network.shapeSHA256 {
      problems.append(
        Diagnostic(
          "the table is for the network with fingerprint \(sha256); \"\(network.name)\" has "
            + "\(network.shapeSHA256)", at: place,
          hint: "Cost the network that was measured, or correct \"network_sha256\" in the spec."))
    }
    guard problems.isEmpty else { throw Diagnostics(problems) }
  }

  /// One problem per layer, its precisions listed.
  private func lacking(_ points: [Point], in network: Network) -> Diagnostics {
    let byLayer = Dictionary(grouping: points, by: \.layer).sorted { $0.key < $1.key }
    let reason = missingPoints == .interpolated ? ", and none can be interpolated from its neighbours" : ""
    return Diagnostics(
      byLayer.map { layer, points in
        let shape = sheet.identity == .shapes ? " (\(LayerShape(network.layers[layer])))" : ""
        let widths = points.map(\.widths).joined(separator: ", ")
        return Diagnostic(
          "the table has no cost of layer \"\(network.layers[layer].name)\"\(shape) at \(widths)\(reason)",
          at: .init(file: sheet.file))
      })
  }
}
