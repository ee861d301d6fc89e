import FixtureBuilding
import Foundation
import Networks
import Tensors
import Training

/// Networks, and what onnxruntime computed of them, in a folder that is made once.
enum Comparison {
  /// Ignored by git, as the build is.
  private static let folder = "\(Places.package)/.build-comparison"

  struct Unprepared: Error, CustomStringConvertible {
    var output: String
    var description: String { "the comparison with onnxruntime cannot be prepared:\n\(output)" }
  }

  /// Python with onnxruntime, once `networks` has been prepared.
  static let python = "\(folder)/environment/bin/python"

  /// Where the networks are; takes a minute or two the first time.
  static let networks = Result {
    let run = try CompilerRun(
      "\(Places.package)/Tests/Networks/InteroperabilityTests/Python/prepare", [folder])
    guard run.exitCode == 0 else { throw Unprepared(output: run.output) }
    try TorchRuntime.configure(threads: 2)
    return "\(folder)/networks"
  }

  /// An array as run_onnxruntime.py writes it: the shape on a line, then floats.
  static func array(_ path: String) throws -> (shape: [Int], values: [Float]) {
    let bytes = try Data(contentsOf: URL(filePath: path))
    let end = bytes.firstIndex(of: 0x0A) ?? bytes.endIndex
    let shape = String(decoding: bytes[..<end], as: UTF8.self).split(separator: " ").compactMap { Int($0) }
    let values = bytes[(end + 1)...].withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
    return (shape, values)
  }

  /// The largest difference of any output from onnxruntime's, as a part of that output's largest number.
  static func difference(of graph: Graph, named name: String, in folder: String) throws -> Float {
    let input = try array("\(folder)/\(name).input")
    let network = try FloatNetwork(graph)
    let outputs = try withoutGradients {
      try network.outputs(of: Tensor(input.values, shape: input.shape)).map { ($0.shape, try $0.values()) }
    }
    var largest: Float = 0
    for (position, (shape, found)) in outputs.enumerated() {
      let expected = try array("\(folder)/\(name).output.\(position)")
      guard shape == expected.shape else { return .infinity }
      let scale = expected.values.filter(\.isFinite).map(abs).max() ?? 0
      for (found, expected) in zip(found, expected.values)
      where found != expected && !(found.isNaN && expected.isNaN) {
        guard found.isFinite, expected.isFinite, scale > 0 else { return .infinity }
        largest = max(largest, abs(found - expected) / scale)
      }
    }
    return largest
  }
}
