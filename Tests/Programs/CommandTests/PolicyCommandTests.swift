import Documents
import Evaluation
import FixtureBuilding
import Foundation
import Testing

final class PolicyCommandTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws {
    temporary = try TemporaryFolder()
  }

  private func policy(_ arguments: String...) throws -> ProgramRun {
    try ProgramRun(["policy"] + arguments, in: folder)
  }

  @Test("a uniform policy is made, edited, compared and checked")
  func roundTrip() throws {
    let made = try policy(
      "uniform", "fashion-mobilenet-v1", "--bits", "W4A6", "--ends", "W8A8", "-o", "a.json")
    #expect(made.exitCode == 0 && made.errors == "")
    #expect(try policy("diff", "a.json", "a.json").exitCode == 0)
    #expect(
      try policy("apply", "a.json", "--set", "block?.depthwise=W8A4", "-o", "b.json").exitCode == 0)
    let diff = try policy("diff", "a.json", "b.json")
    // Blocks 1 to 9 have one digit; there are 13.
    #expect(diff.exitCode == 1)
    #expect(diff.output.contains("9 of 28 layers differ"))
    #expect(try policy("show", "b.json").output.contains("block3.depthwise"))
    let fits = try policy("validate", "b.json", "fashion-mobilenet-v1", "--target", "bismo-zynq7020")
    #expect(fits.exitCode == 0 && fits.output.contains("fits fashion-mobilenet-v1 and bismo-zynq7020"))
  }

  @Test("what fits no layer, no network or no target is reported at its place")
  func misfits() throws {
    _ = try policy("uniform", "fashion-mobilenet-v1", "--bits", "W4A6", "-o", "a.json")
    let typo = try policy("apply", "a.json", "--set", "stme=W8A8", "-o", "b.json")
    #expect(typo.exitCode == 1 && typo.errors.contains("no layer \"stme\""))
    #expect(!FileManager.default.fileExists(atPath: "\(folder)/b.json"))
    let network = try policy("validate", "a.json", "fashion-mobilenet-v2")
    #expect(network.exitCode == 1 && network.errors.contains("has no layer \"block1.pointwise\""))
    // The spec of the target has 1 to 8 bits.
    _ = try policy("uniform", "fashion-mobilenet-v1", "--bits", "W16A16", "-o", "wide.json")
    let target = try policy("validate", "wide.json", "fashion-mobilenet-v1", "--target", "bismo-zynq7020")
    #expect(target.exitCode == 1)
    #expect(target.errors.contains("cannot run layer \"stem\" at W16A16"))
  }

  @Test("a foreign evaluator refuses options that would not reach it")
  func foreignEvaluator() throws {
    let run = try ProgramRun([
      "evaluate", "fashion-mobilenet-v1", "--evaluator", "true", "--weight-scales", "tensor",
    ])
    #expect(run.exitCode == 64)
    #expect(run.errors.contains("so it ignores --weight-scales tensor"))
  }

  @Test("the memory of a policy is shown where the network is known")
  func memory() throws {
    func shown(_ arguments: String...) throws -> NetworkMemory? {
      let run = try ProgramRun(["policy", "show"] + arguments + ["--format", "json"], in: folder)
      #expect(run.exitCode == 0, "\(run.errors)")
      return try run.document(PolicyDescriptionDocument.self).memory
    }
    try TinyNetwork.write(to: "\(folder)/tiny.onnx")
    _ = try policy("uniform", "tiny.onnx", "--bits", "W4A8", "-o", "p.json")
    // 36 + 36 + 32 + 80 weights of half a byte; the picture and the stem's result, 784 bytes each.
    let memory = try #require(try shown("p.json", "--network", "tiny.onnx"))
    #expect(memory.weightBytes == 92 && memory.peakActivationBytes == 1568)
    let text = try policy("show", "p.json", "--network", "tiny.onnx").output
    #expect(text.contains("weights 92 B, activations at most 1.568 kB at once"))
    #expect(try shown("p.json") == nil)
    #expect(try policy("show", "p.json").output.contains("name its file with --network"))
    let other = try policy("show", "p.json", "--network", "fashion-mobilenet-v1")
    #expect(other.exitCode == 1 && other.errors.contains("has no layer"))
    _ = try policy("uniform", "fashion-mobilenet-v1", "--bits", "W4A6", "-o", "built-in.json")
    #expect(try shown("built-in.json") != nil)
  }

  @Test("the quantizers that a policy was found with are used, unless the command line says otherwise")
  func quantizers() throws {
    try TinyNetwork.write(to: "\(folder)/tiny.onnx")
    _ = try policy("uniform", "tiny.onnx", "--bits", "W3A3", "-o", "plain.json")
    let plain = try String(contentsOfFile: "\(folder)/plain.json", encoding: .utf8)
    #expect(plain.contains("\"haq.policy/1.0\""))
    let recorded = plain.replacing("haq.policy/1.0", with: "haq.policy/1.1").replacing(
      "\"layers\"",
      with: """
        "quantization": { "weight_scales": "tensor", "clipping": "max", "weight_clipping": "mse" },
        "layers"
        """)
    try Data(recorded.utf8).write(to: URL(filePath: "\(folder)/recorded.json"))
    func loss(_ arguments: String...) throws -> (Double, errors: String) {
      let run = try ProgramRun(
        ["evaluate", "tiny.onnx", "--samples", "200", "--threads", "1", "--format", "json"] + arguments,
        in: folder)
      #expect(run.exitCode == 0, "\(run.errors)")
      return (try #require(run.document(EvaluationDocument.self).results.policy).loss, run.errors)
    }
    let options = ["--weight-scales", "tensor", "--clipping", "max", "--weight-clipping", "mse"]
    let (spelled, _) = try loss(
      "--bits", "W3A3", options[0], options[1], options[2], options[3], options[4], options[5])
    let (standard, silent) = try loss("--policy", "plain.json")
    #expect(spelled != standard && !silent.contains("note:"))
    let (adopted, note) = try loss("--policy", "recorded.json")
    #expect(adopted == spelled)
    #expect(
      note.contains(
        "note: uses the quantizers that the policy was found with: \(options.joined(separator: " "))"))
    let (kl, warning) = try loss(
      "--policy", "recorded.json", "--clipping", "kl", "--weight-scales", "channel")
    #expect(kl == standard)
    #expect(warning.contains("the policy was found with \(options.joined(separator: " "))"))

    let shown = try policy("show", "recorded.json").output
    #expect(shown.contains("Quantized with \(options.joined(separator: " "))"))
    _ = try policy("apply", "recorded.json", "--set", "stem=W8A8", "-o", "edited.json")
    #expect(try policy("show", "edited.json").output.contains("--clipping max"))
    try Data(recorded.replacing("\"max\"", with: "\"mxa\"").utf8)
      .write(to: URL(filePath: "\(folder)/wrong.json"))
    let wrong = try policy("show", "wrong.json")
    #expect(wrong.exitCode == 1 && wrong.errors.contains("wrong.json:") && wrong.errors.contains("mxa"))
  }
}
