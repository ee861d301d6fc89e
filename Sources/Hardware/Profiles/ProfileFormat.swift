import Diagnostics
public import Foundation

/// A program whose profiles can become cost tables.
public enum ProfileFormat: String, Hashable, Sendable, Codable, CaseIterable {
  /// onnxruntime's own profiler: a list of trace events.
  case onnxruntime = "onnxruntime-profile"
  /// TensorRT: `trtexec --exportProfile`, with `--exportLayerInfo` for the shapes.
  case trtexec
  /// OpenVINO: `benchmark_app -report_type average_counters`, or detailed ones.
  case openvino
  /// TensorFlow Lite: `benchmark_model --enable_op_profiling=true`.
  case tflite
  /// TVM: the JSON text of a report of its profiler.
  case tvm
  /// Timeloop: `stats.txt` of one layer, or of several one after the other.
  case timeloop
  /// SCALE-Sim: `COMPUTE_REPORT.csv`, with the topology for the shapes.
  case scaleSim = "scale-sim"

  /// In which unit a profile has times.
  public enum Unit: Hashable, Sendable {
    case seconds
    /// Of the simulated hardware.
    case cycles
  }

  public var unit: Unit { self == .scaleSim || self == .timeloop ? .cycles : .seconds }

  /// Reads a profile.
  ///
  /// - Parameters:
  ///   - file: As named in messages.
  ///   - layers: The second file that says what the operators are, for the formats that have one.
  ///
  /// Throws a `Diagnostic` for a file of another form, or one without operators.
  public func operators(
    in bytes: Data, file: String, layers: (bytes: Data, file: String)? = nil
  ) throws -> [ProfiledOperator] {
    if let layers, !takesLayers {
      throw Diagnostic("a profile of \(rawValue) needs no file of layers", at: .init(file: layers.file))
    }
    let operators =
      switch self {
      case .onnxruntime: try ONNXRuntimeProfile.operators(in: bytes, file: file)
      case .trtexec: try TensorRTProfile.operators(in: bytes, file: file, layers: layers)
      case .openvino: try OpenVINOCounters.operators(in: bytes, file: file)
      case .tflite: try TFLiteBenchmark.operators(in: bytes, file: file)
      case .tvm: try TVMReport.operators(in: bytes, file: file)
      case .timeloop: try TimeloopStats.operators(in: bytes, file: file)
      case .scaleSim: try ScaleSimReport.operators(in: bytes, file: file, topology: layers)
      }
    guard operators.contains(where: \.isLayer) else {
      throw Diagnostic("the profile has no operator that could be a layer", at: .init(file: file))
    }
    return operators
  }

  /// Whether a second file says what the operators are.
  public var takesLayers: Bool { self == .trtexec || self == .scaleSim }

  static func unreadable(_ format: String, _ error: any Error, _ file: String) -> Diagnostic {
    Diagnostic("the file is not \(format): \(reason(error))", at: .init(file: file))
  }

  private static func reason(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return "\(error)" }
    return switch error {
    case .dataCorrupted(let context), .keyNotFound(_, let context), .typeMismatch(_, let context),
      .valueNotFound(_, let context):
      (context.codingPath.isEmpty
        ? "" : "at " + context.codingPath.map(\.stringValue).joined(separator: ".") + ": ")
        + context.debugDescription
    @unknown default: "it is not as expected"
    }
  }
}
