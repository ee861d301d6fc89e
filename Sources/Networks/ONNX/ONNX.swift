import Diagnostics
public import Foundation

/// Networks in the interchange format of the field, https://onnx.ai.
///
/// Read are feed-forward networks of `operatorNames`, with one four-dimensional input and one
/// output. Batch normalisation is folded into the convolution before it.
public enum ONNX {
  /// The operators that are read.
  public static let operatorNames = ONNXOperator.allCases.map(\.rawValue)

  /// The operator set versions that are read; in them the operators above mean the same.
  public static let opsets = 7...28

  /// The largest file that is read unless the caller says otherwise, in bytes.
  public static let defaultSizeLimit = 256 << 20

  /// The network in the file at `path`, with its weights.
  ///
  /// Throws `ONNXError`, also for a file of more than `sizeLimit` bytes.
  public static func read(_ path: String, sizeLimit: Int = defaultSizeLimit) throws -> Graph {
    do {
      return try decode(contents(of: path, limit: sizeLimit), file: path, sizeLimit: sizeLimit)
    } catch let problem as ONNXError.Problem {
      throw ONNXError(file: path, problem: problem)
    }
  }

  /// The network in `bytes`; `file` names them in errors.
  public static func decode(
    _ bytes: Data, file: String, sizeLimit: Int = defaultSizeLimit
  ) throws -> Graph {
    do {
      guard bytes.count <= sizeLimit else {
        throw ONNXError.Problem.tooLarge(bytes: bytes.count, limit: sizeLimit)
      }
      return try ONNXReader.graph(in: bytes, sizeLimit: sizeLimit)
    } catch let problem as ONNXError.Problem {
      throw ONNXError(file: file, problem: problem)
    } catch let error as GraphError {
      throw ONNXError(file: file, problem: .graph(error))
    }
  }

  /// Writes `graph` to `path`, replacing a file there only once all bytes are on disk.
  ///
  /// Throws `GraphError` when the graph or its weights are incomplete, `ONNXError` when the
  /// disk refuses.
  public static func write(_ graph: Graph, to path: String) throws {
    let bytes = try encode(graph)
    do {
      try bytes.write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw ONNXError(file: path, problem: .unwritable(reason: error.systemReason))
    }
  }

  /// The bytes of an ONNX file (opset 13) with the graph and its weights; equal graphs give equal bytes.
  ///
  /// Throws `GraphError` when the graph or its weights are incomplete.
  public static func encode(_ graph: Graph) throws -> Data {
    try ONNXWriter(graph).bytes()
  }

  private static func contents(of path: String, limit: Int) throws -> Data {
    do {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? handle.close() }
      // One byte beyond the limit tells a large file, or an endless device, from one that fits.
      let bytes = try handle.read(upToCount: limit + 1) ?? Data()
      guard bytes.count <= limit else {
        let size = (try? handle.seekToEnd()).map(Int.init(clamping:)) ?? bytes.count
        throw ONNXError.Problem.tooLarge(bytes: size, limit: limit)
      }
      return bytes
    } catch let problem as ONNXError.Problem {
      throw problem
    } catch {
      throw ONNXError.Problem.unreadable(reason: error.systemReason)
    }
  }
}
