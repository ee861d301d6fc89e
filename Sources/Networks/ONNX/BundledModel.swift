import Diagnostics
import Foundation
public import Networks

/// A network that comes with haq, trained.
public enum BundledModel: String, Hashable, Sendable, CaseIterable {
  case fashionMobileNetV1 = "fashion-mobilenet-v1"
  case fashionMobileNetV2 = "fashion-mobilenet-v2"

  /// The same network without weights.
  public var architecture: Architecture {
    switch self {
    case .fashionMobileNetV1: .fashionMobileNetV1
    case .fashionMobileNetV2: .fashionMobileNetV2
    }
  }

  /// The network with its weights.
  ///
  /// Throws a `Diagnostic` when its file is not where the program was installed, `ONNXError`
  /// when it is damaged.
  public func graph() throws -> Graph { try graph(in: Self.installedFolder) }

  /// The network with its weights, from a folder of ONNX files.
  package func graph(in folder: String) throws -> Graph {
    let path = "\(folder)/\(rawValue).onnx"
    guard FileManager.default.fileExists(atPath: path) else {
      throw Diagnostic(
        "the trained weights of \"\(rawValue)\" are missing: there is no file \(path).",
        hint: "Keep the folder \(Self.bundleName) beside the program, or give the path of an ONNX file.")
    }
    return try ONNX.read(path)
  }

  private static let bundleName = "haq_ONNX.resources"

  /// Where SwiftPM puts this module's resources: beside the program.
  ///
  /// `Bundle.module` looks there too, but ends the program when it finds nothing.
  package static var installedFolder: String {
    Bundle.main.bundleURL.appendingPathComponent(bundleName).appendingPathComponent("Resources").path
  }
}
