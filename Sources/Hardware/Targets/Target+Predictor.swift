import Core
import Foundation
import Hashing
import PluginLoading
package import Predictors
import Specs

extension Target {
  /// The absolute path of a predictor's file, which lies beside the spec or below it.
  func path(of predictor: TargetSpec.PredictorFile) -> String {
    URL(filePath: file).absoluteURL.deletingLastPathComponent().appending(path: predictor.file).path
  }

  /// Reads a predictor.
  ///
  /// Throws a `Diagnostic` for what the file says, `TargetError` when it cannot be read or is not the pinned one.
  func predictor(of predictor: TargetSpec.PredictorFile) throws -> (model: PredictedCostModel, sha256: String)
  {
    let bytes = try bytes(of: predictor)
    let path = path(of: predictor)
    return (PredictedCostModel(try Predictor(reading: bytes, file: path), file: path), bytes.sha256)
  }

  /// The cost model of a target whose model is a predictor.
  package func predictedModel() throws -> PredictedCostModel {
    guard case .predictor(let predictor) = spec.model else {
      preconditionFailure("the model is no predictor")
    }
    return try self.predictor(of: predictor).model
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
