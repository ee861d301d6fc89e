import Core
import Documents
import Evaluation
import FixtureBuilding
import Foundation
import Networks
import ONNX
import Testing

/// Activations with zero points, as onnxruntime computes them.
@Suite("Exports with zero points in onnxruntime", .serialized)
final class ZeroPointTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }
  private let network = "fashion-mobilenet-v2"
  private let asymmetric = ["--activation-range", "asymmetric"]
  private let samples = 1000

  init() throws {
    temporary = try TemporaryFolder()
  }

  private struct Failed: Error, CustomStringConvertible {
    var description: String
  }

  private func run(_ program: String, _ arguments: [String]) throws -> String {
    let run = try CompilerRun(program, arguments)
    guard run.exitCode == 0 else { throw Failed(description: run.output) }
    return run.output
  }

  /// Writes the network, and gives the zero points of its values.
  private func export(_ bits: String, as form: String, to file: String) throws -> Set<Float> {
    _ = try run(
      Places.builtLibrary("haq"),
      ["export", network, "--bits", bits, "--as", form, "-o", file] + asymmetric)
    return Set(
      try ONNX.read(file).nodes.compactMap { node in
        if case .fakeQuantize(let quantizer) = node.operation { quantizer.zeroPoint } else { nil }
      })
  }

  /// What the evaluator measures on the first test images; of a policy when one is among the arguments.
  private func measured(_ arguments: [String]) throws -> EvaluationResult.Figures {
    let output = try run(
      "/bin/sh",
      ["-c", #"exec "$0" "$@" 2>/dev/null"#, Places.builtLibrary("haq"), "evaluate"]
        + arguments + ["--format", "json", "--samples", "\(samples)"])
    let results = try EvaluationDocument(json: output).results
    return results.policy ?? results.float
  }

  private func python(_ script: String, _ arguments: String...) throws -> String {
    _ = try Comparison.networks.get()
    return try run(Comparison.python, ["\(Places.package)/docs/examples/export/\(script)"] + arguments)
  }

  /// The share of the first test images that onnxruntime is right about.
  private func theirAccuracy(_ file: String) throws -> Double {
    let output = try python("onnxruntime_accuracy.py", file, "--samples", "\(samples)")
    return Double(try #require(Int(output.prefix { $0.isNumber }))) / Double(samples)
  }

  @Test("in bytes: as many integer operators as without, and the accuracy that haq measures")
  func integers() throws {
    let file = "\(folder)/integer.onnx"
    // Weights of 8 bits overflow the 16-bit sums of processors without VNNI, which then compute something else.
    let zeroPoints = try export("W7A8", as: "qdq", to: file)
    // Inputs of expansions and operands of sums have no ReLU; without the option all of theirs are 128.
    #expect(zeroPoints.subtracting([0, 128]).count > 10)
    let operators = try JSONDecoder().decode(
      [String: Int].self, from: Data(python("deploy.py", "nodes", file).utf8))
    #expect(operators["QLinearConv"] == 52 && operators["Conv"] == nil && operators["FusedConv"] == nil)
    #expect(operators["QLinearAdd"] == 10 && operators["QGemm"] == 1)
    let runtime = try measured([network, "--bits", "W7A8", "--semantics", "runtime"] + asymmetric)
    #expect(runtime.accuracy > 0.9)
    // One image in a thousand.
    #expect(abs(try theirAccuracy(file) - runtime.accuracy) <= 0.001 + 1e-9)
  }

  @Test("in few bits, by QCDQ: the accuracy that haq measures of the policy and of the file")
  func fewBits() throws {
    let file = "\(folder)/narrow.onnx"
    // 8 is the middle of 4 bits; ranges that only seem symmetric would have no other.
    #expect(!(try export("W6A4", as: "qcdq", to: file).subtracting([0, 8]).isEmpty))
    let expected = try measured([network, "--bits", "W6A4"] + asymmetric)
    #expect(expected.accuracy > 0.5)
    #expect(abs(try measured([file]).loss - expected.loss) < 1e-6)
    #expect(abs(try theirAccuracy(file) - expected.accuracy) <= 0.001 + 1e-9)
  }
}
