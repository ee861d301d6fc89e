import FixtureBuilding
import Foundation
import Testing

/// Precisions that are formats, on the command line.
final class FormatCommandTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws {
    temporary = try TemporaryFolder()
  }

  private func haq(_ arguments: String...) throws -> ProgramRun { try ProgramRun(arguments, in: folder) }

  @Test("a policy of formats is made, edited, compared and shown with the bytes that it takes")
  func policies() throws {
    let made = try haq(
      "policy", "uniform", "fashion-mobilenet-v1", "--bits", "int4-g128/bf16", "--ends", "W8A8", "-o",
      "a.json")
    #expect(made.exitCode == 0 && made.errors == "")
    let text = try String(contentsOfFile: "\(folder)/a.json", encoding: .utf8)
    #expect(text.contains("haq.policy/1.1") && text.contains("\"weight_format\": \"int4-g128\""))
    #expect(
      try haq("policy", "apply", "a.json", "--set", "block?.depthwise=mxfp4/mxfp4", "-o", "b.json").exitCode
        == 0)
    #expect(try haq("policy", "diff", "a.json", "b.json").output.contains("9 of 28 layers differ"))
    let shown = try haq("policy", "show", "b.json").output
    #expect(shown.contains("mxfp4") && shown.contains("int4-g128"))
  }

  @Test("what has no format refuses it with a sentence: targets, exports")
  func refusals() throws {
    let cost = try haq("cost", "fashion-mobilenet-v1", "--target", "bismo-zynq7020", "--bits", "int4/bf16")
    #expect(cost.exitCode == 1 && cost.errors.contains("more layers at int4/bf16"))
    let exported = try haq(
      "export", "fashion-mobilenet-v1", "--bits", "int4/bf16", "--as", "qonnx", "-o", "x.onnx")
    #expect(exported.exitCode == 1)
    #expect(
      exported.errors.contains(
        "qonnx cannot express int4/bf16 of layer stem (qcdq, qdq, encodings, compressed-tensors, modelopt can)"
      ),
      "\(exported.errors)")
    let unknown = try haq("policy", "uniform", "fashion-mobilenet-v1", "--bits", "int4/fp8", "-o", "c.json")
    #expect(unknown.exitCode == 64 && unknown.errors.contains("the names of two formats, such as int4/bf16"))
  }
}
