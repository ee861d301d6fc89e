import FixtureBuilding
import Foundation
import Testing

/// Quantizers, clips and early stopping as a user asks for them.
@Suite(.serialized) final class QuantizerCommandTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws {
    temporary = try TemporaryFolder()
    try TinyNetwork.write(to: "\(folder)/tiny.onnx")
  }

  private func search(_ more: [String]) throws -> ProgramRun {
    try ProgramRun(
      [
        "search", "tiny.onnx", "--search-samples", "200", "--evaluations", "12", "--finalists", "2",
        "--final-finetune-samples", "64", "--threads", "1", "-o", "run", "--format", "json",
      ] + more, in: folder)
  }

  private func report(_ run: ProgramRun) throws -> [String: Any] {
    #expect(run.exitCode == 0, "\(run.errors)")
    return try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
  }

  @Test("a search for size needs no target, compares with Deep Compression, and its policy can be evaluated")
  func size() throws {
    let report = try report(search(["--quantizer", "kmeans", "--weight-bytes", "0.8x"]))
    let budget = try #require((report["budgets"] as? [[String: Any]])?.first)
    let limit = try #require(budget["limit"] as? Double)
    let comparison = try #require(report["comparison"] as? [String: Any])
    for part in [report["searched"], comparison["deep_compression"]] {
      let contender = try #require(part as? [String: Any])
      let bytes = try #require((contender["cost"] as? [String: Double])?["weight_bytes"])
      #expect(bytes <= limit)
      #expect(contender["test"] != nil)
    }
    #expect((report["quantization"] as? [String: Any])?["quantizer"] as? String == "kmeans")
    let evaluation = try ProgramRun(
      [
        "evaluate", "tiny.onnx", "--policy", "run/policy.json", "--quantizer", "kmeans", "--samples", "100",
        "--threads", "1",
      ], in: folder)
    #expect(evaluation.exitCode == 0, "\(evaluation.errors)")
  }

  @Test("PACT fine-tunes searched and uniform policies, and is compared at 4, 5 and 6 bit")
  func pact() throws {
    let report = try report(search(["--target", "bismo-zynq7020", "--latency", "0.7x", "--pact"]))
    let uniform = try #require(
      (report["comparison"] as? [String: Any])?["uniform_pact"] as? [[String: Any]])
    #expect(uniform.map { $0["precision"] as? String } == ["W4A4", "W5A5", "W6A6"])
    #expect(uniform.allSatisfy { $0["test"] != nil })
  }

  @Test("a policy file records how values were quantized, and codebooks leave that out")
  func recordedQuantizers() throws {
    _ = try report(
      search([
        "--target", "bismo-zynq7020", "--latency", "0.7x", "--clipping", "mse", "--weight-clipping", "max",
      ]))
    let text = try String(contentsOfFile: "\(folder)/run/policy.json", encoding: .utf8)
    #expect(text.contains(#""weight_scales": "channel", "clipping": "mse", "weight_clipping": "max""#))
    #expect(text.contains("haq.policy/1.1"))
    try FileManager.default.removeItem(atPath: "\(folder)/run")
    _ = try report(search(["--quantizer", "kmeans", "--weight-bytes", "0.8x"]))
    #expect(
      try !String(contentsOfFile: "\(folder)/run/policy.json", encoding: .utf8).contains("\"quantization\""))
  }

  @Test("a study does not go on under another way to clip")
  func resuming() throws {
    let target = ["--target", "bismo-zynq7020", "--latency", "0.7x"]
    let first = try report(search(target + ["--clipping", "percentile:99"]))
    let quantization = try #require(first["quantization"] as? [String: Any])
    #expect(quantization["clipping"] as? String == "percentile:99.0")
    #expect(quantization["weight_clipping"] as? String == "percentile:99.0")
    // The same answers cannot be taken over by a search that clips otherwise.
    let forked = try ProgramRun(
      [
        "search", "tiny.onnx", "--search-samples", "200", "--evaluations", "12", "--threads", "1", "-o",
        "other", "--fork", "run", "--clipping", "mse",
      ] + target, in: folder)
    #expect(forked.exitCode != 0)
    #expect(forked.errors.contains("--clipping percentile:99.0"), "\(forked.errors)")
    #expect(forked.errors.contains("--clipping mse"))
    let shifted = try ProgramRun(
      [
        "search", "tiny.onnx", "--search-samples", "200", "--evaluations", "12", "--threads", "1", "-o",
        "other", "--fork", "run", "--clipping", "percentile:99", "--activation-range", "asymmetric",
      ] + target, in: folder)
    #expect(shifted.exitCode != 0)
    #expect(shifted.errors.contains("--activation-range asymmetric"), "\(shifted.errors)")
  }

  @Test("early stopping that is certain finds the same policy")
  func earlyStopping() throws {
    let common = ["--target", "bismo-zynq7020", "--latency", "0.7x", "--method", "random"]
    #expect(try search(common).exitCode == 0)
    let policy = try String(contentsOfFile: "\(folder)/run/policy.json", encoding: .utf8)
    try FileManager.default.removeItem(atPath: "\(folder)/run")
    #expect(try search(common + ["--early-stopping", "0"]).exitCode == 0)
    #expect(try String(contentsOfFile: "\(folder)/run/policy.json", encoding: .utf8) == policy)
  }

  @Test(
    "what does not go together is told",
    arguments: [
      (["--quantizer", "kmeans", "--weight-bytes", "0.5x", "--target", "bismo-vu9p"], "takes no target"),
      (["--quantizer", "kmeans", "--latency", "0.5x"], "give --weight-bytes as the only budget"),
      (["--quantizer", "kmeans", "--weight-bytes", "0.5x", "--clipping", "mse"], "not clipped"),
      (
        ["--quantizer", "kmeans", "--weight-bytes", "0.5x", "--pact"],
        "--pact learns ranges of integers, and --quantizer kmeans has codebooks"
      ),
      (
        ["--target", "bismo-vu9p", "--latency", "0.5x", "--pact", "--activation-range", "asymmetric"],
        "--pact learns ranges without zero points"
      ),
      (
        ["--target", "bismo-vu9p", "--latency", "0.5x", "--pact", "--lsq"],
        "--pact and --lsq exclude each other"
      ),
      (["--latency", "0.5x"], "Give --target"),
      (["--target", "bismo-vu9p", "--latency", "0.5x", "--clipping", "median"], "is not a clipping rule"),
      (["--target", "bismo-vu9p", "--latency", "0.5x", "--codebook-seed", "2"], "--quantizer kmeans"),
      (
        ["--target", "bismo-vu9p", "--latency", "0.5x", "--method", "ddpg", "--early-stopping", "0.01"],
        "needs every accuracy"
      ),
    ])
  func refusals(arguments: [String], message: String) throws {
    let run = try search(arguments)
    #expect(run.exitCode == 64)
    #expect(run.errors.contains(message), "\(run.errors)")
  }
}
