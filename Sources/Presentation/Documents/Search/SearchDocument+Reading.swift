import Core
import Evaluation
import Foundation
import PrecisionSearch

extension SearchDocument {
  /// Reads `report.json`, also as programs wrote it before it named a schema; studies still hold such texts.
  ///
  /// - Throws: `DocumentError`.
  public init(report text: String) throws {
    do {
      try self.init(json: text)
    } catch DocumentError.unnamed {
      do {
        self.init(try JSONDecoder().decode(EarlierReport.self, from: Data(text.utf8)))
      } catch let error as DecodingError {
        throw DocumentError(error, in: Self.schema)
      }
    }
  }

  /// What differs from an earlier report: `probes`, `charged_as`, and the comparison beside everything else.
  private init(_ earlier: EarlierReport) {
    self.init(
      network: earlier.network, target: earlier.target, targets: earlier.targets, data: earlier.data,
      accuracyMetric: nil,
      method: earlier.method, seed: earlier.seed, reference: nil, budgets: earlier.budgets,
      minimized: earlier.minimized,
      episodes: earlier.episodes, evaluations: earlier.evaluations, sensitivity: earlier.probes,
      ending: earlier.ending, float: earlier.float, searched: earlier.searched,
      comparison: earlier.ending == .completed ? earlier.comparison : nil, race: nil,
      failures: earlier.failures,
      quantization: earlier.quantization, layers: earlier.layers.map(\.layer))
  }
}

/// `report.json` before `haq.search/1.0`.
private struct EarlierReport: Decodable {
  var network: NetworkStamp
  var target: TargetStamp
  var targets: [TargetStamp]?
  var data: String
  var method: String
  var seed: UInt64
  var budgets: [SearchDocument.Limit]
  var minimized: SearchDocument.Minimized?
  var episodes: Int
  var evaluations: Int
  var probes: SearchDocument.SensitivityMeasurements
  var ending: SearchResult.Ending
  var float: SearchDocument.FloatBaseline
  var searched: SearchDocument.Contender
  var comparison: SearchDocument.Comparison
  var failures: [SearchDocument.Failure]?
  var quantization: QuantizationStamp?
  var layers: [EarlierLayer]

  private enum CodingKeys: String, CodingKey {
    case network, target, targets, data, method, seed, budgets, minimized, episodes, evaluations, probes
    case ending, float, searched, failures, quantization, layers
  }

  init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    network = try keys.decode(NetworkStamp.self, forKey: .network)
    target = try keys.decode(TargetStamp.self, forKey: .target)
    targets = try keys.decodeIfPresent([TargetStamp].self, forKey: .targets)
    data = try keys.decode(String.self, forKey: .data)
    method = try keys.decode(String.self, forKey: .method)
    seed = try keys.decode(UInt64.self, forKey: .seed)
    budgets = try keys.decode([SearchDocument.Limit].self, forKey: .budgets)
    minimized = try keys.decodeIfPresent(SearchDocument.Minimized.self, forKey: .minimized)
    episodes = try keys.decode(Int.self, forKey: .episodes)
    evaluations = try keys.decode(Int.self, forKey: .evaluations)
    probes = try keys.decode(SearchDocument.SensitivityMeasurements.self, forKey: .probes)
    ending = try keys.decode(SearchResult.Ending.self, forKey: .ending)
    float = try keys.decode(SearchDocument.FloatBaseline.self, forKey: .float)
    searched = try keys.decode(SearchDocument.Contender.self, forKey: .searched)
    comparison = try SearchDocument.Comparison(from: decoder)
    failures = try keys.decodeIfPresent([SearchDocument.Failure].self, forKey: .failures)
    quantization = try keys.decodeIfPresent(QuantizationStamp.self, forKey: .quantization)
    layers = try keys.decode([EarlierLayer].self, forKey: .layers)
  }
}

/// A layer with `charged_as` for `costed_as`.
private struct EarlierLayer: Decodable {
  var layer: SearchDocument.LayerBits

  private enum CodingKeys: String, CodingKey {
    case chargedAs = "charged_as"
  }

  init(from decoder: any Decoder) throws {
    layer = try SearchDocument.LayerBits(from: decoder)
    layer.costedAs = try decoder.container(keyedBy: CodingKeys.self)
      .decodeIfPresent(String.self, forKey: .chargedAs)
  }
}
