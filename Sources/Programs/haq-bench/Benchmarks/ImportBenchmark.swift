import Diagnostics
import Foundation
import Networks
import ONNX

/// Reading an ONNX file of 100 MB, a ResNet-50 with random weights, beside what Python's onnx package needs for it.
///
/// Every reading is a process of its own, ours and Python's in turn, and tells the time of the reading alone and the most
/// memory that the process ever had.
struct ImportBenchmark: Benchmark {
  let program: ProgramFolder
  /// A Python that has the onnx package.
  let python: String

  private static let mostRuns = 5

  func measure(runs: Int) throws -> [Measurement] {
    let folder = FileManager.default.temporaryDirectory.appending(path: "haq-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "resnet-50.onnx")
    try ONNX.write(BenchmarkNetwork.withRandomWeights(Architecture.resNet50.graph), to: file.path)
    let size = Double(try file.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0)

    // The first reading of each warms the page cache up.
    let pairs = try (0...min(runs, Self.mostRuns)).map { _ in
      (
        ours: try reading(program.program, ["--import-file", file.path]),
        theirs: try reading(python, ["-c", Self.script, file.path])
      )
    }.dropFirst()
    let title = "import of ONNX, \(Int((size / 1e6).rounded())) MB"
    return [
      Measurement(title, seconds: pairs.map(\.ours.seconds)),
      Measurement(
        "onnx.load and infer_shapes in Python, the same file", seconds: pairs.map(\.theirs.seconds)),
      Measurement(
        "\(title), of Python's time", ratios: pairs.map { $0.ours.seconds / $0.theirs.seconds }, floor: 1.5),
      Measurement(
        "\(title): peak memory, of the file", ratios: pairs.map { $0.ours.peakBytes / size }, floor: 2.5),
      Measurement("Python's peak memory, of the file", ratios: pairs.map { $0.theirs.peakBytes / size }),
    ]
  }

  /// What one process says of one reading.
  struct Reading: Codable {
    var seconds: Double
    var peakBytes: Double

    enum CodingKeys: String, CodingKey {
      case seconds
      case peakBytes = "peak_bytes"
    }

    /// Reads `file` in this process.
    init(importing file: String) throws {
      var graph: Graph?
      seconds = try haq_bench.seconds { graph = try ONNX.read(file) }
      keep(graph)
      peakBytes = try ProcessMemory.peakBytes()
    }
  }

  private static let script = """
    import json, resource, sys, time
    import onnx
    start = time.perf_counter()
    model = onnx.load(sys.argv[1])
    model = onnx.shape_inference.infer_shapes(model)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": seconds, "peak_bytes": peak}))
    """

  private func reading(_ executable: String, _ arguments: [String]) throws -> Reading {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [executable] + arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Diagnostic(
        "\(executable) did not read the file; its message is above.",
        hint:
          "--python names a Python that has the onnx package; `make test` makes one in .build-comparison/environment."
      )
    }
    return try JSONDecoder().decode(Reading.self, from: bytes)
  }
}
