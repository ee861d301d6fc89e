import Core
import Documents
import FixtureBuilding
import Foundation
import Testing

/// Commands on targets whose formats bits do not tell.
@Suite(.serialized) final class FormatTargetCommandTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws {
    temporary = try TemporaryFolder()
    try TinyNetwork.write(to: "\(folder)/tiny.onnx")
  }

  private func haq(_ arguments: String...) throws -> ProgramRun { try ProgramRun(arguments, in: folder) }

  /// Groups everywhere but in depthwise layers.
  private static let mixed = """
    ["int8/int8", "bf16/bf16", "fp8-e4m3/bf16",
     { "pair": "int4-g128/bf16", "layers": ["convolution", "fully-connected"] }]
    """

  @Test("targets show lists pairs, their kinds of layers and the reference")
  func show() throws {
    try FormatTarget.write(to: folder, precisions: Self.mixed, reference: "bf16/bf16")
    let shown = try haq("targets", "show", "formats.json")
    #expect(shown.exitCode == 0, "\(shown.errors)")
    #expect(
      shown.output.contains(
        "  pairs        int4-g128/bf16 (convolution, fully-connected), W8A8, fp8-e4m3/bf16, bf16/bf16\n"
          + "  reference    bf16/bf16\n"), "\(shown.output)")
    let document = try haq("targets", "show", "formats.json", "--format", "json")
      .document(TargetDescriptionDocument.self)
    #expect(document.precisions?.map(\.pair) == ["int4-g128/bf16", "W8A8", "fp8-e4m3/bf16", "bf16/bf16"])
    #expect(document.precisions?[0].layers == [.convolution, .fullyConnected])
    #expect(document.reference == "bf16/bf16")
    #expect(document.weightBits.map(\.formatName) == ["int4-g128", "int8", "fp8-e4m3", "bf16"])
  }

  @Test("ends are shown, and a search holds the first and the last layer at them")
  func ends() throws {
    try FormatTarget.write(
      to: folder, precisions: #"["int8/int8", "fp32/fp32"]"#,
      ends: #"{ "first": "fp32/fp32", "last": "int8/int8" }"#)
    let shown = try haq("targets", "show", "formats.json")
    #expect(shown.output.contains("  first layer  W32A32\n  last layer   W8A8\n"), "\(shown.output)")
    let document = try haq("targets", "show", "formats.json", "--format", "json")
      .document(TargetDescriptionDocument.self)
    #expect(document.ends?.first == "W32A32" && document.ends?.last == "W8A8")
    let evaluator = try ScriptedEvaluator.write(
      to: folder, states: #""weight_bits": [8, 32], "activation_bits": [8, 32],"#)
    let run = try haq(
      "search", "tiny.onnx", "--target", "formats.json", "--latency", "4x", "--method", "random",
      "--evaluations", "4", "--search-samples", "50", "--final-finetune-samples", "0", "--finalists", "1",
      "--evaluator", evaluator, "-o", "run")
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(
      run.errors.contains("the target has the first layer held at W32A32 and the last at W8A8"),
      "\(run.errors)")
    let report = try SearchDocument(
      report: String(contentsOfFile: "\(folder)/run/report.json", encoding: .utf8))
    let pairs = report.policy.precisions.map(\.description)
    #expect(pairs.first == "W32A32" && pairs.last == "W8A8")
    // Floats have bars of their own in the table.
    #expect(run.output.contains("▒▒▒▒▒▒▒▒ fp32") && run.output.contains("▇▇▇▇▇▇▇▇ 8"), "\(run.output)")
  }

  @Test("cost costs policies that mix formats, at the reference without an option")
  func cost() throws {
    try FormatTarget.write(to: folder, precisions: Self.mixed, reference: "bf16/bf16")
    func document(_ options: String...) throws -> CostDocument {
      let run = try ProgramRun(
        ["cost", "tiny.onnx", "--target", "formats.json", "--format", "json"] + options, in: folder)
      #expect(run.exitCode == 0, "\(run.errors)")
      return try run.document(CostDocument.self)
    }
    let plain = try document()
    #expect(Set(plain.layers.map(\.weightBits.formatName)) == ["bf16"])
    let macs = plain.layers.map { Double($0.macs) }
    func total(_ nanoseconds: [Double]) -> Double {
      zip(macs, nanoseconds).reduce(0) { $0 + $1.0 * $1.1 } * 1e-9
    }
    func isNear(_ cost: Double?, _ expected: Double) -> Bool { abs((cost ?? 0) / expected - 1) < 1e-12 }
    #expect(isNear(plain.total[.latency], total([2, 2, 2, 2])))
    #expect(isNear(try document("--bits", "W8A8").total[.latency], total([1, 1, 1, 1])))

    let made = try haq(
      "policy", "uniform", "tiny.onnx", "--bits", "int4-g128/bf16", "--ends", "W8A8", "-o", "a.json")
    #expect(made.exitCode == 0, "\(made.errors)")
    let refused = try haq("cost", "tiny.onnx", "--target", "formats.json", "--policy", "a.json")
    #expect(refused.exitCode == 1)
    #expect(
      refused.errors.contains(
        "cannot run depthwise at int4-g128/bf16; it has the pairs int4-g128/bf16, W8A8, fp8-e4m3/bf16, bf16/bf16"
      ),
      "\(refused.errors)")
    let edited = try haq("policy", "apply", "a.json", "--set", "depthwise=fp8-e4m3/bf16", "-o", "b.json")
    #expect(edited.exitCode == 0, "\(edited.errors)")
    let mixed = try document("--policy", "b.json")
    #expect(mixed.layers.map(\.weightBits.formatName) == ["int8", "fp8-e4m3", "int4-g128", "int8"])
    #expect(isNear(mixed.total[.latency], total([1, 1.5, 3, 1])))
    let text = try haq("cost", "tiny.onnx", "--target", "formats.json", "--policy", "b.json")
    #expect(text.output.contains("fp8-e4m3") && text.output.contains("int4-g128"))
    let valid = try haq("policy", "validate", "b.json", "tiny.onnx", "--target", "formats.json")
    #expect(valid.exitCode == 0, "\(valid.errors)")
    let explained = try haq(
      "cost", "tiny.onnx", "--target", "formats.json", "--bits", "bf16/bf16", "--explain", "stem")
    #expect(explained.exitCode == 0, "\(explained.errors)")
    #expect(explained.output.contains("fp8-e4m3/bf16"), "\(explained.output)")
  }

  @Test("a table of the target is written, shown, and made a target with the same costs")
  func table() throws {
    try FormatTarget.write(to: folder, precisions: #"["int8/int8", "bf16/bf16", "fp8-e4m3/bf16"]"#)
    for file in ["t.csv", "t.json"] {
      let built = try haq("table", "build", "tiny.onnx", "--target", "formats.json", "-o", file)
      #expect(built.exitCode == 0, "\(built.errors)")
    }
    #expect(
      try String(contentsOfFile: "\(folder)/t.csv", encoding: .utf8).contains(
        "weight_format,activation_format"))
    #expect(try haq("table", "diff", "t.csv", "t.json", "--network", "tiny.onnx").exitCode == 0)
    let shown = try haq("table", "show", "t.csv")
    #expect(shown.exitCode == 0 && shown.output.contains("fp8-e4m3/bf16"), "\(shown.output)\(shown.errors)")
    let converted = try haq("table", "convert", "t.csv", "--as-target", "copy", "-o", "copy.csv")
    #expect(converted.exitCode == 0, "\(converted.errors)")
    func latency(_ target: String) throws -> Double? {
      try haq("cost", "tiny.onnx", "--target", target, "--bits", "fp8-e4m3/bf16", "--format", "json")
        .document(CostDocument.self).total[.latency]
    }
    #expect(try latency("formats.json") != nil && latency("formats.json") == latency("copy.json"))
  }

  @Test("a policy of formats is shown and compared as documents with keys of their own")
  func policyDocuments() throws {
    let made = try haq(
      "policy", "uniform", "fashion-mobilenet-v1", "--bits", "int4-g128/bf16", "--ends", "W8A32", "-o",
      "a.json")
    #expect(made.exitCode == 0, "\(made.errors)")
    let shown = try haq("policy", "show", "a.json", "--format", "json")
    #expect(shown.exitCode == 0, "\(shown.errors)")
    #expect(shown.output.contains("\"weight_format\" : \"int4-g128\""))
    #expect(shown.output.contains("\"weight_bits\" : 8") && shown.output.contains("\"activation_bits\" : 32"))
    #expect(!shown.output.contains("_bits\" : \""))
    let document = try shown.document(PolicyDescriptionDocument.self)
    #expect(document.layers[1].weightBits.formatName == "int4-g128")
    let other = try haq("policy", "uniform", "fashion-mobilenet-v1", "--bits", "W4A8", "-o", "b.json")
    #expect(other.exitCode == 0)
    let diff = try haq("policy", "diff", "a.json", "b.json", "--format", "json")
    #expect(diff.output.contains("\"int4-g128/bf16\""), "\(diff.errors)")
  }

  @Test(
    "a search says which layers stay in floats, and its report speaks of both",
    arguments: ["auto", "ilp", "random", "evolution"])
  func int8AndFloats(method: String) throws {
    try FormatTarget.write(to: folder, precisions: #"["int8/int8", "fp32/fp32"]"#)
    let evaluator = try ScriptedEvaluator.write(
      to: folder, states: #""weight_bits": [8, 32], "activation_bits": [8, 32],"#)
    let run = try haq(
      "search", "tiny.onnx", "--target", "formats.json", "--latency", "2.5x", "--method", method,
      "--evaluations", "12", "--search-samples", "50", "--final-finetune-samples", "0", "--finalists", "1",
      "--search-ends", "--evaluator", evaluator, "-o", "run")
    #expect(run.exitCode == 0, "\(run.errors)")
    let report = try SearchDocument(
      report: String(contentsOfFile: "\(folder)/run/report.json", encoding: .utf8))
    let pairs = Set(report.policy.precisions.map(\.description))
    // All at 8 bit cost 1, all in floats 4: within 2.5 some are in floats, and not all.
    #expect(pairs == ["W8A8", "W32A32"])
    #expect(report.budgets.first?.searched ?? .infinity <= report.budgets.first?.limit ?? 0)
    let page = try haq("report", "run", "-o", "page.html")
    #expect(page.exitCode == 0, "\(page.errors)")
  }
}
