import Core
import Foundation
import Hashing
import PluginLoading
package import Predictors
import Specs

/// What the costs of layers are to be, where a target knows more of a network than its layers.
public enum CostScope: Hashable, Sendable {
  /// Parts of the network's cost, with what lies between layers.
  case network
  /// What each layer costs alone, which is what tables of measured layers have.
  case layersAlone
}

extension Target {
  /// The table of a predictor. The spec's checks are of layers alone.
  func costTable(
    of network: Network, predictedBy predictor: TargetSpec.PredictorFile, as scope: CostScope
  ) throws -> CostTable {
    try refuseUnsupportedLayers(of: network)
    let read = try self.predictor(of: predictor)
    try verifyChecks(against: read.alone)
    guard scope == .network, let whole = read.network else {
      return try uncheckedTable(of: network, from: read.alone, tableSHA256: read.sha256)
    }
    return try uncheckedTable(of: network, from: whole, tableSHA256: read.sha256)
  }

  /// The absolute path of a predictor's file, which lies beside the spec or below it.
  func path(of predictor: TargetSpec.PredictorFile) -> String {
    URL(filePath: file).absoluteURL.deletingLastPathComponent().appending(path: predictor.file).path
  }

  /// Reads a predictor.
  ///
  /// Throws a `Diagnostic` for what the file says, `TargetError` when it cannot be read or is not the pinned one.
  func predictor(of predictor: TargetSpec.PredictorFile) throws -> ReadPredictor {
    let bytes = try bytes(of: predictor)
    let path = path(of: predictor)
    let read = try Predictor(reading: bytes, file: path)
    return ReadPredictor(
      alone: PredictedCostModel(read, file: path), network: PredictedNetworkModel(read, file: path),
      sha256: bytes.sha256)
  }

  /// A predictor as cost models.
  struct ReadPredictor {
    var alone: PredictedCostModel
    /// Nil where no whole network was measured.
    var network: PredictedNetworkModel?
    var sha256: String
  }

  /// What layers cost alone by a target whose model is a predictor.
  package func predictedModel() throws -> PredictedCostModel {
    guard case .predictor(let predictor) = spec.model else {
      preconditionFailure("the model is no predictor")
    }
    return try self.predictor(of: predictor).alone
  }

  /// The file of a predictor; refuses another one than the pinned.
  func bytes(of predictor: TargetSpec.PredictorFile) throws -> Data {
    let path = path(of: predictor)
    let bytes = Data(try TrustedFile.read(path, limit: Predictor.sizeLimit))
    if let pinned = predictor.sha256, pinned != bytes.sha256 {
      throw TargetError.wrongDigest(file: path, pinned: pinned, found: bytes.sha256)
    }
    return bytes
  }
}
