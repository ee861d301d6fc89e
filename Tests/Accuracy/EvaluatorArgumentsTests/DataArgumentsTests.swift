import ArgumentParser
import DataRequests
import EvaluatorArguments
import Networks
import Testing

/// What `haq` hands on to its evaluator, which reads it with the same options.
@Suite("Options about data")
struct DataArgumentsTests {
  private func refusal(of words: [String]) -> String {
    do {
      _ = try DataArguments.parse(words)
      return ""
    } catch {
      return DataArguments.message(for: error)
    }
  }

  @Test(
    "arrive as they were given",
    arguments: [
      [], ["--data", "images", "--validation-data", "other", "--test-data", "third", "--split-seed", "7"],
      ["--data", "a.npy,b.npy", "--layout", "nhwc", "--classes", "5", "--augmentation", "shift"],
      // A mean that begins with a minus sign looks like an option.
      ["--mean=-0.5,0.25,1e-3", "--deviation", "0.5,0.5,2", "--resize", "256", "--crop", "224"],
      ["--interpolation", "bicubic", "--class-list", "names.txt", "--data-folder", "/a folder"],
      ["--validation-share", "0.25", "--test-share", "0"], ["--objective", "agreement"],
    ] as [[String]])
  func handedOn(_ words: [String]) throws {
    let given = try DataArguments.parse(words)
    #expect(try DataArguments.parse(given.commandLine).request == given.request)
  }

  @Test("say what they ask for")
  func request() throws {
    let request = try DataArguments.parse(
      [
        "--data", "images", "--mean=-0.5,0.25", "--crop", "64", "--interpolation", "bicubic", "--classes",
        "3",
      ]
    ).request
    #expect(request.source == "images" && request.classes == 3 && request.validation == nil)
    #expect(request.mean == [-0.5, 0.25] && request.deviation == nil)
    #expect(request.preprocessing.crop == 64 && request.preprocessing.interpolation == .bicubic)
    #expect(try DataArguments.parse([]).request == DataRequest(source: "fashion-mnist"))
  }

  @Test("are refused when no data can fit them")
  func refused() {
    #expect(
      refusal(of: ["--validation-share", "0.5", "--test-share", "0.5"]).contains("their sum less than 1"))
    #expect(refusal(of: ["--validation-share=-0.1"]).contains("must be 0 to 1"))
    #expect(refusal(of: ["--deviation", "0.5,0"]).contains("--deviation must be above 0"))
    #expect(refusal(of: ["--classes", "0"]).contains("--classes must be 1 to 1000000"))
    #expect(refusal(of: ["--mean", "0.1,x"]).contains("is not a list of numbers"))
    #expect(refusal(of: ["--mean", "0.1,,0.2"]).contains("is not a list of numbers"))
    #expect(refusal(of: ["--mean", "nan"]).contains("is not a list of numbers"))
  }

  @Test("give one number for square images, or height and width")
  func inputSize() throws {
    #expect(
      try InputSizeOption.parse(["--input-size", "224"]).inputSize == InputSize(height: 224, width: 224))
    let oblong = try #require(try InputSizeOption.parse(["--input-size", "224x160"]).inputSize)
    #expect(oblong == InputSize(height: 224, width: 160))
    #expect(try InputSizeOption.parse(oblong.commandLine).inputSize == oblong)
    for text in ["0", "224x", "224x160x3", "big", "-3"] {
      #expect(throws: (any Error).self) { try InputSizeOption.parse(["--input-size=\(text)"]) }
    }
  }
}
