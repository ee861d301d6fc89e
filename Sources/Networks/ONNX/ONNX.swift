import Diagnostics
public import Foundation
public import Networks

/// Networks in the interchange format of the field, https://onnx.ai.
///
/// Read are feed-forward networks of `operatorNames`, with one input and one or more outputs. What depends on
/// constants and shapes alone is computed while reading; batch normalisation, and sums and products with one
/// number for each channel, become part of the layer before them.
public enum ONNX {
  /// The operators that are read.
  public static let operatorNames: [String] =
    ONNXOperator.standard.keys.sorted() + ONNXOperator.qonnx.keys.sorted()

  /// Those of them that are read where all that they read is known, and not otherwise.
  package static let foldedOperatorNames: [String] = ONNXOperator.standard.filter { $0.value.read == nil }
    .keys.sorted()

  /// The operator set versions that are read.
  public static let opsets = 7...28

  /// The largest file that is read unless the caller says otherwise, in bytes; also bounds the numbers made of it.
  public static let defaultSizeLimit = 1 << 30

  /// The network in the file at `path`, with its weights.
  ///
  /// Tensors may lie in other files of the same folder. Throws `ONNXError`, also for a file of more than
  /// `sizeLimit` bytes.
  ///
  /// - Parameter inputSize: The height and width of the input instead of those of the file; all shapes follow.
  public static func read(
    _ path: String, inputSize: InputSize? = nil, sizeLimit: Int = defaultSizeLimit
  ) throws -> Graph {
    do {
      let options = ONNXReadingOptions(
        sizeLimit: sizeLimit, folder: (path as NSString).deletingLastPathComponent, inputSize: inputSize)
      return try decode(contents(of: path, limit: sizeLimit), file: path, options: options)
    } catch let problem as ONNXError.Problem {
      throw ONNXError(file: path, problem: problem)
    }
  }

  /// The network in `bytes`; `file` names them in errors.
  public static func decode(
    _ bytes: Data, file: String, inputSize: InputSize? = nil, sizeLimit: Int = defaultSizeLimit
  ) throws -> Graph {
    try decode(bytes, file: file, options: .init(sizeLimit: sizeLimit, inputSize: inputSize))
  }

  private static func decode(_ bytes: Data, file: String, options: ONNXReadingOptions) throws -> Graph {
    do {
      guard bytes.count <= options.sizeLimit else {
        throw ONNXError.Problem.tooLarge(bytes: bytes.count, limit: options.sizeLimit)
      }
      let stem = URL(filePath: file).deletingPathExtension().lastPathComponent
      return try ONNXReader.graph(in: bytes, stem: stem, options: options)
    } catch let problem as ONNXError.Problem {
      throw ONNXError(file: file, problem: problem)
    } catch let error as GraphError {
      throw ONNXError(file: file, problem: .graph(error))
    }
  }

  /// Writes `graph` to `path` as `OutputFile` does, replacing a file there only once all bytes are on disk.
  ///
  /// Throws `GraphError` when the graph or its weights are incomplete, a `Diagnostic` when the
  /// disk refuses.
  public static func write(_ graph: Graph, to path: String) throws {
    // Whether a read-only file may be replaced is asked before hours of training, not here.
    try OutputFile.write(try encode(graph), to: path, readOnlyFiles: .replaced)
  }

  /// The bytes of an ONNX file (opset 13, or what its operations need) with the graph and its weights; equal graphs give equal bytes.
  ///
  /// Throws `GraphError` when the graph or its weights are incomplete.
  public static func encode(_ graph: Graph, quantizers: QuantizerWriting = QuantizerWriting()) throws -> Data
  {
    try ONNXWriter(graph, quantizers: quantizers).bytes()
  }

  /// What exporters call a graph without a name, in PyTorch (script and dynamo) and tf2onnx; the file's name says more.
  static let exporterNames: Set<String> = [
    "", "main_graph", "torch_jit", "torch-jit-export", "tf2onnx",
  ]

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
