import Core
import Documents
import Evaluation
import FixtureBuilding
import Foundation
import Networks
import ONNX
import Testing

/// Policies whose layers have different formats, in every command that takes or gives policies.
@Suite(.serialized) final class MixedPolicyCommandTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws {
    temporary = try TemporaryFolder()
    try TinyNetwork.write(to: "\(folder)/tiny.onnx")
    let header: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 250, 0, 0, 0, 28, 0, 0, 0, 28]
    let pixels = (0..<250 * 784).map { UInt8(truncatingIfNeeded: $0 * $0 / 7 + $0 / 784 * 29) }
    try Data(header + pixels).write(to: URL(filePath: "\(folder)/images"))
    try Data([0, 0, 8, 1, 0, 0, 0, 250] + (0..<250).map { $0 % 10 }).write(
      to: URL(filePath: "\(folder)/labels"))
  }

  /// The narrow pair is that of `stem` and `classifier`, the wide one that of the layers between.
  struct Mix: CustomTestStringConvertible, Sendable {
    var narrow: String
    var wide: String
    var testDescription: String { "\(narrow) and \(wide)" }
    var policy: [String] { [narrow, wide, wide, narrow] }
  }

  static let mixes = [
    Mix(narrow: "W8A8", wide: "W32A32"), Mix(narrow: "int4-g128/bf16", wide: "bf16/bf16"),
    Mix(narrow: "fp8-e4m3/fp8-e4m3", wide: "bf16/bf16"),
  ]

  private func haq(_ arguments: String...) throws -> ProgramRun { try ProgramRun(arguments, in: folder) }

  private let data = ["--data", "images,labels", "--threads", "1"]

  /// Writes `mixed.json`.
  private func writePolicy(_ mix: Mix) throws {
    let made = try haq("policy", "uniform", "tiny.onnx", "--bits", mix.narrow, "-o", "uniform.json")
    try #require(made.exitCode == 0, "\(made.errors)")
    let edited = try haq(
      "policy", "apply", "uniform.json", "--set", "depthwise=\(mix.wide)", "--set", "pointwise=\(mix.wide)",
      "-o", "mixed.json")
    try #require(edited.exitCode == 0, "\(edited.errors)")
  }

  /// A narrow multiply-accumulate takes a nanosecond, a wide one twice as long.
  private func writeTarget(_ mix: Mix) throws {
    try FormatTarget.write(
      to: folder, precisions: "[\"\(mix.narrow)\", \"\(mix.wide)\"]", reference: mix.narrow,
      nanoseconds: [mix.narrow: 1, mix.wide: 2])
  }

  @Test("policy makes, changes, shows, compares and validates them", arguments: mixes)
  func policy(_ mix: Mix) throws {
    try writePolicy(mix)
    try writeTarget(mix)
    let shown = try haq("policy", "show", "mixed.json", "--format", "json")
      .document(PolicyDescriptionDocument.self)
    let pairs = shown.layers.map { "\(Precision(weight: $0.weightBits, activation: $0.activationBits))" }
    #expect(pairs == mix.policy)
    let diff = try haq("policy", "diff", "uniform.json", "mixed.json")
    #expect(diff.output.contains("2 of 4 layers differ"), "\(diff.output)")
    let valid = try haq("policy", "validate", "mixed.json", "tiny.onnx", "--target", "formats.json")
    #expect(valid.exitCode == 0, "\(valid.errors)")
  }

  @Test("cost adds what each pair costs", arguments: mixes)
  func cost(_ mix: Mix) throws {
    try writePolicy(mix)
    try writeTarget(mix)
    let run = try haq(
      "cost", "tiny.onnx", "--target", "formats.json", "--policy", "mixed.json", "--format", "json")
    let document = try run.document(CostDocument.self)
    // Multiply-accumulates, as counted in `search` below.
    let seconds: Double = (7056 + 2 * 1764 + 2 * 1568 + 80) * 1e-9
    let total: Double = document.total[.latency] ?? 0
    #expect(abs(total / seconds - 1) < 1e-12, "\(run.errors)")
  }

  @Test(
    "evaluate measures what the exported file computes, and finetune what its checkpoint computes",
    arguments: mixes)
  func evaluateFineTuneExport(_ mix: Mix) throws {
    try writePolicy(mix)
    func figures(_ arguments: [String]) throws -> EvaluationDocument.Results {
      let run = try ProgramRun(["evaluate"] + arguments + data + ["--format", "json"], in: folder)
      try #require(run.exitCode == 0, "\(run.errors)")
      return try run.document(EvaluationDocument.self).results
    }
    func export(_ more: String...) throws {
      let run = try ProgramRun(
        ["export", "tiny.onnx", "--policy", "mixed.json", "--as", "qcdq", "-o", "q.onnx"] + data + more,
        in: folder)
      try #require(run.exitCode == 0, "\(run.errors)")
    }
    let measured = try figures(["tiny.onnx", "--policy", "mixed.json"])
    let policy = try #require(measured.policy)
    #expect(policy.loss != measured.float.loss && (policy.divergence ?? 0) > 0)
    // The file has quantizers, casts and weights of its own types, which are read back.
    try export()
    let file = try figures(["q.onnx"]).float
    #expect(abs(file.loss - policy.loss) < 1e-5 && file.accuracy == policy.accuracy)

    let tuning = try ProgramRun(
      ["finetune", "tiny.onnx", "--policy", "mixed.json", "--epochs", "2", "--learning-rate", "0.02"]
        + ["-o", "tuned.onnx", "--format", "json"] + data, in: folder)
    try #require(tuning.exitCode == 0, "\(tuning.errors)")
    let course = try tuning.document(FineTuningDocument.self)
    let kept = course.epochs.first { $0.epoch == course.keptEpoch }?.validation ?? course.before
    try export("--checkpoint", "tuned.onnx.checkpoint")
    let tuned = try figures(["q.onnx", "--split", "validation"]).float
    #expect(abs(tuned.loss - kept.loss) < 1e-5 && tuned.accuracy == kept.accuracy)
  }

  @Test("every form of export that has the formats writes them, and says what it wrote", arguments: mixes)
  func export(_ mix: Mix) throws {
    try writePolicy(mix)
    func export(_ form: String) throws -> ProgramRun {
      try ProgramRun(
        ["export", "tiny.onnx", "--policy", "mixed.json", "--as", form, "-o", "out", "--format", "json"]
          + data, in: folder)
    }
    for form in ["qdq", "qcdq", "encodings", "compressed-tensors"] {
      let run = try export(form)
      try #require(run.exitCode == 0, "\(form): \(run.errors)")
      let pairs = try run.document(ExportDocument.self).layers.map {
        "\(Precision(weight: $0.weightBits, activation: $0.activationBits))"
      }
      #expect(pairs == mix.policy, "\(form)")
    }
    let qdq = try export("qdq")
    #expect(qdq.exitCode == 0)
    let given = try ONNX.read("\(folder)/out").givenWidths
    let narrow = try #require(Precision(mix.narrow))
    #expect(given["stem"]?.activation == narrow.activation)
    // Behind an integer layer, a layer of floats reads bytes.
    #expect(
      given["depthwise"]?.activation == (mix.wide == "W32A32" ? .eight : Precision(mix.wide)?.activation))
  }

  @Test("search chooses among the pairs exactly, and report shows them", arguments: mixes)
  func search(_ mix: Mix) throws {
    try writeTarget(mix)
    let run = try ProgramRun(
      [
        "search", "tiny.onnx", "--target", "formats.json", "--latency", "1.5x", "--method", "ilp",
        "--search-ends", "--search-samples", "25", "--final-finetune-samples", "0", "--finalists", "1",
        "-o", "run",
      ] + data, in: folder)
    try #require(run.exitCode == 0, "\(run.errors)")
    let report = try SearchDocument(
      report: String(contentsOfFile: "\(folder)/run/report.json", encoding: .utf8))
    // Multiply-accumulates: stem 14x14x9x4 = 7056, depthwise 7x7x9x4 = 1764, pointwise 7x7x4x8 = 1568, classifier 80: 10468
    // in all. Half of that may be spent on wide pairs: not on the stem, and on all others, which need 3412.
    #expect(report.policy.precisions.map(\.description) == [mix.narrow, mix.wide, mix.wide, mix.wide])
    let page = try haq("report", "run", "-o", "page.html")
    #expect(page.exitCode == 0, "\(page.errors)")
    let text = try String(contentsOfFile: "\(folder)/page.html", encoding: .utf8)
    for pair in [mix.narrow, mix.wide] {
      for width in [try #require(Precision(pair)).weight, try #require(Precision(pair)).activation] {
        #expect(text.contains(width == .float ? "fp32" : width.description), "\(width)")
      }
    }
    #expect(
      try haq("policy", "validate", "run/policy.json", "tiny.onnx", "--target", "formats.json").exitCode == 0)
  }
}
