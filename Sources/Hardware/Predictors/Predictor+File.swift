import Core
import Diagnostics
public import Foundation

extension Predictor {
  static let schema = "haq.predictor/1.0"
  /// The largest file that is read, in bytes.
  public static let sizeLimit = 16 << 20
  /// More points of a precision make predictions slow, and better by little.
  public static let mostPoints = 1000

  /// The file's text: JSON, a line for each measured layer.
  public func text() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let file = File(
      schema: Self.schema, programVersion: ProgramVersion.current, tables: origins,
      leastBatch: batches.lowerBound,
      greatestBatch: batches.upperBound, correlation: correlation, features: LayerRun.featureNames,
      columns: LayerRun.columns + ",latency_s",
      precisions: precisions.map { model in
        File.Part(
          precision: model.precision.description,
          rooflines: Dictionary(uniqueKeysWithValues: model.rooflines.map { ($0.key.rawValue, $0.value) }),
          scaling: model.scaling, covariance: model.covariance, widening: model.widening,
          points: model.observations.map { "\($0.run.text),\($0.latency)" })
      }, network: network)
    return String(decoding: try encoder.encode(file), as: UTF8.self) + "\n"
  }

  /// Reads a predictor; throws a `Diagnostic` that names the file and what is wrong with it.
  public init(reading bytes: Data, file: String) throws {
    func refuse(_ problem: String) -> Diagnostic {
      Diagnostic(problem, at: .init(file: file), hint: "haq fit writes such files; fit the tables anew.")
    }
    guard bytes.count <= Self.sizeLimit else {
      throw refuse("the file has \(bytes.count) bytes; at most \(Self.sizeLimit) are read")
    }
    let read: File
    do {
      let stamp = try JSONDecoder().decode(Stamp.self, from: bytes)
      guard stamp.schema.hasPrefix("haq.predictor/1.") else {
        throw refuse("\"schema\" is \"\(stamp.schema.prefix(60))\"; this program reads \(Self.schema)")
      }
      read = try JSONDecoder().decode(File.self, from: bytes)
    } catch let error as DecodingError {
      throw refuse("the predictor cannot be read: \(error.sentence)")
    }
    guard read.features == LayerRun.featureNames, read.columns == LayerRun.columns + ",latency_s" else {
      throw refuse("\"features\" or \"columns\" are not those that this program knows")
    }
    guard read.leastBatch >= 1, read.leastBatch <= read.greatestBatch, (0...1).contains(read.correlation),
      !read.precisions.isEmpty
    else { throw refuse("batches, \"correlation\" or \"precisions\" are out of range") }
    let models = try read.precisions.map { try $0.model(refuse) }
    guard Set(models.map(\.precision)).count == models.count else {
      throw refuse("a precision appears twice")
    }
    self.init(
      precisions: models, batches: read.leastBatch...read.greatestBatch, correlation: read.correlation,
      origins: read.tables, network: read.network)
  }

  private struct Stamp: Decodable { var schema: String }

  private struct File: Codable {
    var schema: String
    var programVersion: String
    var tables: [Origin]
    var leastBatch: Int
    var greatestBatch: Int
    var correlation: Double
    var features: [String]
    var columns: String
    var precisions: [Part]
    /// Absent where no whole network was measured.
    var network: NetworkCorrection?

    private enum CodingKeys: String, CodingKey {
      case schema, tables, correlation, features, columns, precisions, network
      case programVersion = "program_version"
      case leastBatch = "least_batch"
      case greatestBatch = "greatest_batch"
    }

    struct Part: Codable {
      var precision: String
      var rooflines: [String: Roofline]
      var scaling: FeatureScaling
      var covariance: Covariance
      var widening: Double
      /// A layer and its latency in each, in the order of `columns`.
      var points: [String]

      func model(_ refuse: (String) -> Diagnostic) throws -> PrecisionPredictor {
        guard let precision = Precision(self.precision) else {
          throw refuse("\"\(self.precision.prefix(40))\" is no precision")
        }
        let width = LayerRun.featureNames.count
        let numbers =
          covariance.lengths + scaling.deviations + [covariance.signal, covariance.noise, widening]
        guard covariance.lengths.count == width, scaling.means.count == width,
          scaling.deviations.count == width, numbers.allSatisfy({ $0 > 0 && $0.isFinite }),
          scaling.means.allSatisfy(\.isFinite), rooflines.values.allSatisfy(\.isUsable)
        else { throw refuse("the numbers of \(precision) are not \(width) positive ones each") }
        guard (1...Predictor.mostPoints).contains(points.count) else {
          throw refuse("\(precision) has \(points.count) points; 1 to \(Predictor.mostPoints) are allowed")
        }
        let observations = try points.map { line -> Observation in
          let cells = line.split(separator: ",", omittingEmptySubsequences: false)
          guard let latency = cells.last.flatMap({ Double($0) }),
            let run = LayerRun(cells.dropLast().joined(separator: ",")),
            let observation = Observation(run, latency: latency)
          else { throw refuse("\"\(line.prefix(120))\" is no layer with its latency") }
          return observation
        }
        let families = Dictionary(
          rooflines.compactMap { key, roofline in LayerRun.Family(rawValue: key).map { ($0, roofline) } }
        ) { first, _ in first }
        guard observations.allSatisfy({ families[$0.run.family] != nil }), families.count == rooflines.count
        else { throw refuse("the rooflines of \(precision) are not those of its points") }
        return PrecisionPredictor(
          precision, rooflines: families, scaling: scaling, covariance: covariance,
          observations: observations,
          widening: widening)
      }
    }
  }
}

extension DecodingError {
  /// What is wrong and where, in a few words.
  fileprivate var sentence: String {
    switch self {
    case .keyNotFound(let key, _): "the key \"\(key.stringValue)\" is missing"
    case .valueNotFound(_, let context), .typeMismatch(_, let context), .dataCorrupted(let context):
      "\(context.codingPath.map(\.stringValue).joined(separator: ".")): \(context.debugDescription)"
    @unknown default: "\(self)"
    }
  }
}
