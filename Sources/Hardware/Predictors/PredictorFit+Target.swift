import Core
public import Foundation
import Hashing
import Specs

extension PredictorFit {
  /// The two files of a target: its spec, and the predictor that the spec pins.
  public struct TargetFiles: Sendable {
    public var spec: String
    /// Beside the spec, or below it.
    public var predictorPath: String
    public var predictor: Data
  }

  /// The files of a target whose spec is at `path`: its id is the file's name, and the predictor is `ID/predictor.json`
  /// beside it.
  ///
  /// - Parameter statement: how far predictions are from measurements that were held out.
  public func targetFiles(specAt path: String, statement: String) throws -> TargetFiles {
    let spec = URL(filePath: path)
    let id = spec.deletingPathExtension().lastPathComponent
    let file = "\(id)/predictor.json"
    let bytes = Data(try predictor.text().utf8)
    let layers = Layer.Kind.allCases.filter(predictor.kinds.contains).map {
      Layer(name: $0.rawValue, kind: $0, inputChannels: 1, outputChannels: 1)
    }
    let names = predictor.origins.map { URL(filePath: $0.file).lastPathComponent }
    var document = TableTargetDocument(
      id: id, file: file, sha256: bytes.sha256,
      origin: "fitted to \(names.joined(separator: ", ")) by haq \(ProgramVersion.current)",
      network: Network(name: id, batch: predictor.batches.lowerBound, layers: layers),
      weightWidths: Set(predictor.measuredPrecisions.map(\.weight)).sorted(),
      activationWidths: Set(predictor.measuredPrecisions.map(\.activation)).sorted(), pairs: pairs,
      metrics: [.latency], clockHertz: nil, numPyUnit: nil)
    document.isPredictor = true
    document.evidence = Evidence(.measured, statement)
    let text = document.text
    // What was written must be what a reader takes.
    _ = try TargetSpec.read(Data(text.utf8), file: path)
    return TargetFiles(
      spec: text, predictorPath: spec.deletingLastPathComponent().appending(path: file).relativePath,
      predictor: bytes)
  }

  private var pairs: WidthRules.Pairs {
    let pairs = Set(predictor.measuredPrecisions)
    let (weights, activations) = (Set(pairs.map(\.weight)), Set(pairs.map(\.activation)))
    if pairs.count == weights.count * activations.count { return .all }
    if weights == activations, pairs.allSatisfy({ $0.weight == $0.activation }) { return .equal }
    return .listed(pairs)
  }
}
