import Core
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
        hint: "Build or install haq again, or give the path of an ONNX file.")
    }
    return try ONNX.read(path)
  }

  /// Where the networks are: beside the program, where SwiftPM puts this module's resources, or as installed.
  ///
  /// `Bundle.module` looks beside the program too, but ends the program when it finds nothing, and remembers the
  /// folder of the build.
  package static var installedFolder: String {
    let installation = Installation(program: Bundle.main.executablePath ?? CommandLine.arguments[0])
    let beside = "\(installation.folder)/haq_ONNX.resources/Resources"
    return FileManager.default.fileExists(atPath: beside) ? beside : installation.data("networks")
  }
}
