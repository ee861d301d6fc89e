import Core
import Diagnostics
import Foundation
import Specs

/// The correction for whole networks, and how well it predicts networks that it was not fitted to.
public struct NetworkFit: Sendable {
  let correction: NetworkCorrection
  /// Every run, predicted without the other runs of its network; without a fifth of the runs where there is one network.
  public let heldOut: [HeldOutRun]
  /// Whether all runs of a network were held out together.
  public let isByNetwork: Bool

  /// Standard deviation of the logarithm of a network's latency that has nothing to do with single layers.
  public var deviation: Double { correction.deviation }
  /// By the names of `docs/predictor.md`.
  public var coefficients: [String: Double] {
    Dictionary(uniqueKeysWithValues: correction.coefficients.map { ($0.key.text, $0.value) })
  }

  /// A run that was held out.
  public struct HeldOutRun: Hashable, Sendable {
    /// Name of the network.
    public var network: String
    /// Seconds.
    public var measured: Double
    public var predicted: Double
    /// What the layers alone add up to.
    public var sumOfLayers: Double
    /// The variance of the logarithm that layers bring.
    var variance: Double

    var error: Double { log(predicted / measured) }
  }

  /// How much a precision may differ from all; the first of the least error in cross-validation is taken.
  private static let penalties = [0.3, 0.1, 0.03, 0.01, 0.003]
  private static let usualPenalty = 0.03

  /// A run as a row of the problem.
  fileprivate struct Row {
    var network: Int
    var name: String
    var measured: Double
    var amounts: [NetworkTerm: Double]
    var sumOfLayers: Double
    var variance: Double
  }

  /// Throws a `Diagnostic` for a layer or a precision that the predictor does not know, and `PredictorError`.
  init(_ measured: MeasuredNetworksDocument, layersBy predictor: Predictor) throws {
    let rows = try Self.rows(measured, predictor)
    let networks = Set(rows.map(\.network)).sorted()
    isByNetwork = networks.count > 1
    let folds = Dictionary(
      grouping: rows.indices, by: { networks.count > 1 ? rows[$0].network : $0 % 5 })
    func held(_ penalty: Double) -> [HeldOutRun] {
      folds.sorted { $0.key < $1.key }.flatMap { _, fold -> [HeldOutRun] in
        let out = Set(fold)
        let rest = rows.indices.filter { !out.contains($0) }.map { rows[$0] }
        guard !rest.isEmpty else { return [] }
        let coefficients = Self.coefficients(rest, penalty)
        return fold.map { rows[$0].heldOut(coefficients) }
      }
    }
    let tried = Self.penalties.map { (penalty: $0, runs: held($0)) }
    func error(_ runs: [HeldOutRun]) -> Double {
      runs.isEmpty ? .infinity : runs.reduce(0) { $0 + abs($1.error) } / Double(runs.count)
    }
    let best = tried.min { error($0.runs) < error($1.runs) }
    heldOut = best?.runs ?? []
    correction = NetworkCorrection(
      coefficients: Self.coefficients(
        rows, heldOut.isEmpty ? Self.usualPenalty : best?.penalty ?? Self.usualPenalty),
      deviation: Self.deviation(heldOut), networkCount: networks.count, runCount: rows.count)
  }

  /// What has to be added to the variance of layers so that nine of ten errors are within 1.645 deviations.
  private static func deviation(_ runs: [HeldOutRun]) -> Double {
    let half = StandardNormal.quantile(0.95)
    let missing = runs.map { run in
      max(0, (run.error / half) * (run.error / half) - run.variance).squareRoot()
    }.sorted()
    guard !missing.isEmpty else { return 0.2 }
    return min(10, missing[Int((0.9 * Double(missing.count - 1)).rounded(.up))])
  }

  private static func rows(
    _ measured: MeasuredNetworksDocument, _ predictor: Predictor
  ) throws -> [Row] {
    let layers = PredictedCostModel(predictor, file: "the predictor")
    return try measured.networks.indices.flatMap { index -> [Row] in
      let network = measured.networks[index]
      let runs = measured.runs.filter { $0.network == index }
      let points = runs.flatMap { run in
        network.layers.indices.map {
          Point(
            layer: $0, precision: run.policy[$0], output: network.storedWidth(ofLayer: $0, under: run.policy))
        }
      }
      let parts = try predictor.parts(points, in: network, layers)
      return try runs.enumerated().map { number, run in
        let count = network.layers.count
        let ofRun = try (0..<count).map { layer in
          guard let part = parts[number * count + layer] else {
            throw Diagnostic(
              "\(run.policy[layer]) of layer \"\(network.layers[layer].name)\" of \"\(network.name)\" cannot be predicted: "
                + "no table has such layers at this precision",
              hint: "Give a table that has them, or leave out the runs at this precision.")
          }
          return part
        }
        return Row(index, network.name, run.latency, ofRun, correlation: predictor.correlation)
      }
    }
  }

  private static func coefficients(_ rows: [Row], _ penalty: Double) -> [NetworkTerm: Double] {
    let found = Set(rows.flatMap(\.amounts.keys))
    let terms =
      NetworkTerm.shared.filter(found.contains)
      + found.filter(\.isOfPrecision).sorted { $0.text < $1.text }
    let runs = Dictionary(grouping: rows, by: \.network).mapValues(\.count)
    // Each network counts the same, however many policies it has; errors are relative.
    let weighted = rows.map { row -> (row: [Double], target: Double) in
      let weight = 1 / Double(runs[row.network] ?? 1).squareRoot()
      return (terms.map { weight * (row.amounts[$0] ?? 0) / row.measured }, weight)
    }
    var matrix = weighted.map(\.row)
    var target = weighted.map(\.target)
    for (column, term) in terms.enumerated() {
      let size = matrix.prefix(weighted.count).reduce(0) { $0 + $1[column] * $1[column] }.squareRoot()
      var row = [Double](repeating: 0, count: terms.count)
      row[column] = (term.isOfPrecision ? penalty : 0.001) * size
      matrix.append(row)
      target.append(0)
    }
    let solution = NonNegativeLeastSquares.solve(matrix, target)
    return Dictionary(uniqueKeysWithValues: zip(terms, solution).filter { $0.1 > 0 })
  }
}

extension NetworkFit.Row {
  /// - Parameter correlation: of the errors of two layers.
  fileprivate init(
    _ network: Int, _ name: String, _ measured: Double, _ parts: [Predictor.Part], correlation: Double
  ) {
    (self.network, self.name, self.measured) = (network, name, measured)
    amounts = [:]
    for part in parts {
      for (term, amount) in part.layer.amounts { amounts[term, default: 0] += amount }
    }
    sumOfLayers = parts.reduce(0) { $0 + $1.layer.alone }
    let deviations = parts.map { $0.deviation * $0.layer.alone }
    let (sum, squares) = (deviations.reduce(0, +), deviations.reduce(0) { $0 + $1 * $1 })
    // Relative to the network, of which layers are a part.
    variance = (correlation * sum * sum + (1 - correlation) * squares) / (measured * measured)
  }

  fileprivate func heldOut(_ coefficients: [NetworkTerm: Double]) -> NetworkFit.HeldOutRun {
    // Terms in one order, so that the same numbers give the same bits.
    let predicted = amounts.sorted { $0.key.text < $1.key.text }.reduce(0) {
      $0 + (coefficients[$1.key] ?? 0) * $1.value
    }
    return NetworkFit.HeldOutRun(
      network: name, measured: measured, predicted: max(predicted, 1e-12), sumOfLayers: sumOfLayers,
      variance: variance)
  }
}

extension Network {
  /// The width at which a layer's output is stored; as its layer reads where connections are not known.
  fileprivate func storedWidth(ofLayer layer: Int, under policy: Policy) -> BitWidth {
    outputWidth(ofLayer: layer, under: policy) ?? policy[layer].activation
  }
}
