import ArgumentParser
import Core
import EvaluatorArguments
import Quantization
import Testing

@Suite("Options about quantizers")
struct QuantizationArgumentsTests {
  private func refusal(of words: [String]) -> String {
    do {
      _ = try QuantizationArguments.parse(words)
      return ""
    } catch {
      return QuantizationArguments.message(for: error)
    }
  }

  @Test(
    "arrive as they were given",
    arguments: [
      [], ["--clipping", "percentile:99.5", "--weight-clipping", "max"], ["--weight-scales", "tensor"],
      ["--quantizer", "kmeans", "--codebook-start", "k-means++", "--codebook-seed", "3"],
      ["--file-quantizers", "remove", "--clipping", "mse"], ["--ptq", "best"],
      ["--ptq", "fast", "--clipping", "kl"],
      ["--ptq", "bias-correction,channel-clips", "--weight-clipping", "max"],
      ["--activation-range", "asymmetric", "--clipping", "percentile:99"],
    ] as [[String]])
  func handedOn(_ words: [String]) throws {
    let given = try QuantizationArguments.parse(words)
    let arrived = try QuantizationArguments.parse(given.commandLine)
    #expect(arrived.quantizer == given.quantizer && arrived.fileQuantizers == given.fileQuantizers)
    #expect(arrived.weightScales == given.weightScales && arrived.clipping == given.clipping)
    #expect(arrived.weightClipping == given.weightClipping)
    #expect(arrived.ptq == given.ptq && arrived.activationRange == given.activationRange)
    #expect(arrived.codebookStart == given.codebookStart && arrived.codebookSeed == given.codebookSeed)
  }

  @Test("of the other quantizer are refused")
  func refused() {
    #expect(
      refusal(of: ["--codebook-seed", "3"]).contains("--codebook-seed works with --quantizer kmeans only"))
    #expect(
      refusal(of: ["--quantizer", "kmeans", "--clipping", "max"]).contains(
        "--clipping works with --quantizer linear only"))
    #expect(
      refusal(of: ["--quantizer", "kmeans", "--activation-range", "asymmetric"]).contains(
        "--activation-range works with --quantizer linear only"))
    #expect(refusal(of: ["--activation-range", "affine"]).contains("'asymmetric'"))
    #expect(refusal(of: ["--clipping", "percentile:0"]).contains("is not a clipping rule"))
    #expect(refusal(of: ["--clipping", "percentile:101"]).contains("is not a clipping rule"))
  }

  @Test("name a recipe or its steps, which bring their own clipping rule")
  func recipes() throws {
    func recipe(_ words: String...) throws -> QuantizationArguments { try QuantizationArguments.parse(words) }
    #expect(try recipe().ptq == .none && recipe().clipping == .kullbackLeibler)
    #expect(try recipe("--ptq", "none").clipping == .kullbackLeibler)
    #expect(try recipe("--ptq", "fast").clipping == .meanSquaredError)
    #expect(try recipe("--ptq", "bias-correction,channel-clips").ptq == .fast)
    #expect(
      try recipe("--ptq", "fast").commandLine == [
        "--weight-scales", "channel", "--ptq", "channel-clips,bias-correction",
      ])
    for (wrong, reason) in [
      ("fastest", "is not a recipe"), ("fast,best", "is not a recipe"), ("", "is not a recipe"),
      ("bias-correction,bias-correction", "is not a recipe"),
    ] {
      #expect(refusal(of: ["--ptq", wrong]).contains(reason))
    }
    #expect(
      refusal(of: ["--quantizer", "kmeans", "--ptq", "fast"]).contains(
        "--ptq works with --quantizer linear only"))
    var open = try recipe()
    open.adopt(
      weightScales: .perChannel, clipping: .meanSquaredError, weightClipping: .meanSquaredError, recipe: .best
    )
    #expect(open.ptq == .best)
    var given = try recipe("--ptq", "none")
    given.adopt(
      weightScales: .perChannel, clipping: .meanSquaredError, weightClipping: .meanSquaredError, recipe: .best
    )
    #expect(given.ptq == .none)
  }

  private func adopted(_ words: [String]) throws -> QuantizationArguments {
    var arguments = try QuantizationArguments.parse(words)
    arguments.adopt(weightScales: .perTensor, clipping: .maximum, weightClipping: .meanSquaredError)
    return arguments
  }

  @Test("are taken from a policy where the command line leaves them open")
  func adoption() throws {
    let open = try adopted([])
    #expect(open.weightScales == .perTensor && open.clipping == .maximum)
    #expect(open.weightClipping == .meanSquaredError)
    let scales = try adopted(["--weight-scales", "channel", "--weight-clipping", "kl"])
    #expect(scales.weightScales == .perChannel && scales.weightClipping == .kullbackLeibler)
    // Clips of weights follow a given --clipping, not those of the policy.
    let clipped = try adopted(["--clipping", "percentile:99"])
    #expect(clipped.clipping == ClippingRule("percentile:99") && clipped.weightClipping == nil)
    func range(_ words: String...) throws -> ActivationRange {
      var arguments = try QuantizationArguments.parse(words)
      arguments.adopt(
        weightScales: .perChannel, clipping: .kullbackLeibler, weightClipping: .kullbackLeibler,
        activationRange: .asymmetric)
      return arguments.activationRange
    }
    #expect(try QuantizationArguments.parse([]).activationRule == ActivationRule())
    #expect(try range() == .asymmetric && range("--activation-range", "symmetric") == .symmetric)
    #expect(try range("--quantizer", "kmeans") == .symmetric)
    // Codebooks are not clipped.
    #expect(try adopted(["--quantizer", "kmeans"]).clipping == .kullbackLeibler)
  }
}
