import FixtureBuilding
import Foundation
import Networks
import ONNX
import Testing

/// `--input-size` and `--batch`, where shapes follow and where a network cannot have them.
final class InputSizeTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws {
    temporary = try TemporaryFolder()
    try TinyNetwork.write(to: "\(folder)/tiny.onnx")
  }

  private func haq(_ arguments: String...) throws -> ProgramRun { try ProgramRun(arguments, in: folder) }

  private struct Costs: Decodable {
    struct Layer: Decodable { var macs: Int }
    struct Memory: Decodable {
      var weightBytes, peakActivationBytes: Int

      enum CodingKeys: String, CodingKey {
        case weightBytes = "weight_bytes"
        case peakActivationBytes = "peak_activation_bytes"
      }
    }
    var layers: [Layer]
    var memory: Memory
  }

  private func costs(_ more: String...) throws -> Costs {
    let run = try ProgramRun(
      ["cost", "tiny.onnx", "--target", "bismo-zynq7020", "--format", "json"] + more, in: folder)
    return try JSONDecoder().decode(Costs.self, from: Data(run.output.utf8))
  }

  @Test("shapes, work and memory follow the image size and the batch")
  func scaled() throws {
    // By hand. Stem 3x3 of 1 channel to 4, stride 2; depthwise 3x3 of 4, stride 2; pointwise 4 to 8; classifier 8 to
    // 10. On 28x28: 196 x 4 x 9, 49 x 4 x 9, 49 x 4 x 8, 80. On 56x28, twice as many positions.
    #expect(try costs().layers.map(\.macs) == [7056, 1764, 1568, 80])
    #expect(try costs("--input-size", "56x28").layers.map(\.macs) == [14_112, 3528, 3136, 80])
    // The picture beside the stem's result, 784 bytes each at 8 bits; weights stay.
    #expect(try costs("--batch", "1").memory.peakActivationBytes == 1568)
    #expect(try costs("--batch", "3", "--input-size", "56x28").memory.peakActivationBytes == 3 * 3136)
    #expect(try costs("--input-size", "56x28").memory.weightBytes == costs().memory.weightBytes)
  }

  @Test("a file that fixes its batch is costed at it, whatever the target's, unless --batch says another")
  func fixedBatch() throws {
    // A dimension's name "N" is field 2 of protobuf, a text; its size is field 1, here 4 in as many bytes.
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: "\(folder)/tiny.onnx")))
    let (named, sized): ([UInt8], [UInt8]) = ([0x0a, 3, 0x12, 1, 0x4e], [0x0a, 3, 0x08, 0x84, 0])
    let places = bytes.indices.dropLast(4).filter { Array(bytes[$0..<$0 + 5]) == named }
    // Of the input and of the output.
    #expect(places.count == 2)
    for place in places { bytes.replaceSubrange(place..<place + 5, with: sized) }
    try Data(bytes).write(to: URL(filePath: "\(folder)/fixed.onnx"))

    func stated(_ network: String, _ more: String...) throws -> (batch: Int, peak: Int, latency: Double) {
      let run = try ProgramRun(
        ["cost", network, "--target", "nvidia-t4", "--format", "json"] + more, in: folder)
      let document = try #require(
        try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
      let batch = try #require((document["network"] as? [String: Any])?["batch"] as? Int)
      let peak = try #require((document["memory"] as? [String: Any])?["peak_activation_bytes"] as? Int)
      return (batch, peak, try #require((document["total"] as? [String: Double])?["latency_s"]))
    }
    // The T4 is specified at 16; the picture beside the stem's result takes 1568 bytes a sample.
    let (open, fixed) = (try stated("tiny.onnx"), try stated("fixed.onnx"))
    #expect(open.batch == 16 && open.peak == 16 * 1568)
    #expect(fixed.batch == 4 && fixed.peak == 4 * 1568)
    #expect(
      fixed.latency == (try stated("tiny.onnx", "--batch", "4").latency) && fixed.latency < open.latency)
    let other = try stated("fixed.onnx", "--batch", "2")
    #expect(other.batch == 2 && other.peak == 2 * 1568)
  }

  /// Black pictures in the IDX form of MNIST.
  private func writePictures(side: UInt8, count: UInt8) throws {
    let pixels = [UInt8](repeating: 0, count: Int(side) * Int(side) * Int(count))
    try Data([0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, side, 0, 0, 0, side] + pixels)
      .write(to: URL(filePath: "\(folder)/images"))
    try Data([0, 0, 8, 1, 0, 0, 0, count] + (0..<count).map { $0 % 10 })
      .write(to: URL(filePath: "\(folder)/labels"))
  }

  @Test(
    "evaluate and search measure on images of that size; of another, that is an error before anything runs")
  func measured() throws {
    try writePictures(side: 14, count: 200)
    let data = ["--data", "images,labels", "--threads", "1"]
    let evaluated = try ProgramRun(
      ["evaluate", "tiny.onnx", "--input-size", "14", "--format", "json"] + data, in: folder)
    #expect(evaluated.exitCode == 0, "\(evaluated.errors)")
    let refused = try ProgramRun(["evaluate", "tiny.onnx"] + data, in: folder)
    #expect(refused.exitCode == 1 && refused.errors.contains("28") && refused.errors.contains("14"))

    let search = try ProgramRun(
      [
        "search", "tiny.onnx", "--input-size", "14", "--target", "bismo-zynq7020", "--latency", "0.8x",
        "--method",
        "random", "--evaluations", "3", "--final-finetune-samples", "0", "--finalists", "1", "-o", "run",
      ] + data, in: folder)
    #expect(search.exitCode == 0, "\(search.errors)")
  }

  @Test("fine-tuning and export take images of that size; of another, that is an error before anything runs")
  func trained() throws {
    try writePictures(side: 14, count: 200)
    let options = ["--bits", "W4A4", "--data", "images,labels", "--threads", "1"]
    let commands = [
      ["finetune", "tiny.onnx", "--epochs", "1", "-o", "tuned.onnx"],
      ["export", "tiny.onnx", "--as", "qcdq", "-o", "q.onnx"],
    ]
    for command in commands {
      let run = try ProgramRun(command + options + ["--input-size", "14"], in: folder)
      #expect(run.exitCode == 0, "\(run.errors)")
      let graph = try ONNX.read("\(folder)/\(command.last!)")
      #expect(graph.inputShape == TensorShape(channels: 1, height: 14, width: 14))
      let refused = try ProgramRun(command.dropLast() + ["no.onnx"] + options, in: folder)
      #expect(refused.exitCode == 1 && refused.errors.contains("28") && refused.errors.contains("14"))
      let nonsense = try ProgramRun(command + options + ["--input-size", "14x"], in: folder)
      #expect(nonsense.exitCode == 64 && nonsense.errors.contains("\"14x\" is not an image size"))
    }
    #expect(!FileManager.default.fileExists(atPath: "\(folder)/no.onnx"))
  }

  @Test(
    "fine-tuning that gains nothing says so, and which option to change; its output is the network before")
  func worse() throws {
    // On black pictures only the classifier's biases count, and the largest of the tiny network's is that of class 2.
    try writePictures(side: 28, count: 200)
    let header: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 200]
    try Data(header + [UInt8](repeating: 2, count: 200)).write(to: URL(filePath: "\(folder)/two"))
    try Data(header + [UInt8](repeating: 0, count: 200)).write(to: URL(filePath: "\(folder)/zero"))
    func tune(_ labels: String) throws -> ProgramRun {
      let run = try ProgramRun(
        [
          "finetune", "tiny.onnx", "--bits", "W8A8", "--epochs", "2", "--learning-rate", "0.2", "--classes",
          "10",
          "--data", "images,\(labels)", "--validation-data", "images,two", "--threads", "1", "-o",
          "\(labels).onnx",
        ], in: folder)
      #expect(run.exitCode == 0, "\(run.errors)")
      return run
    }
    let worse = try tune("zero")
    #expect(
      worse.errors.contains(
        "warning: fine-tuning gained nothing: no epoch is better than the network before it, whose validation accuracy is "
          + "100.00 %; the output is that network."))
    #expect(worse.errors.contains("Lower --learning-rate, which is 0.2."))
    let (given, written) = (try ONNX.read("\(folder)/tiny.onnx"), try ONNX.read("\(folder)/zero.onnx"))
    #expect(written.weights == given.weights)
    #expect(try !tune("two").errors.contains("warning"))
    #expect(try ONNX.read("\(folder)/two.onnx").weights != given.weights)
  }

  @Test("a number of classes that is not the network's is answered with the one that is")
  func classes() throws {
    try writePictures(side: 28, count: 50)
    let header: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 50]
    try Data(header + [UInt8](repeating: 2, count: 50)).write(to: URL(filePath: "\(folder)/two"))
    func errors(_ options: String...) throws -> String {
      let run = try ProgramRun(
        ["evaluate", "tiny.onnx", "--samples", "4", "--data", "images,two", "--threads", "1"] + options,
        in: folder)
      #expect(run.exitCode == 1)
      return run.errors
    }
    #expect(
      try errors().contains("has 3 classes. Where the data merely lacks some classes, give --classes 10"))
    #expect(
      try errors("--classes", "7").contains(
        "has 7 classes. Where the data merely lacks some classes, give --classes 10"))
    let many = try errors("--classes", "12")
    #expect(many.contains("has 12 classes") && many.contains("--classes 10 at most"))
    #expect(!many.contains("lacks"))
    // The labels are 2, so the data cannot be read at all; the cause is told, and nothing else.
    let few = try errors("--classes", "2")
    #expect(
      few
        == "error: the data set images,two cannot be used: it has the label 2, but --classes says that labels are 0 to 1\n"
    )
    let search = try ProgramRun(
      [
        "search", "tiny.onnx", "--target", "bismo-zynq7020", "--latency", "0.8x", "--data", "images,two",
        "--classes", "2", "-o", "run",
      ], in: folder)
    #expect(search.exitCode == 1 && search.errors == few)
    #expect(!FileManager.default.fileExists(atPath: "\(folder)/run"))
  }

  @Test("a network that cannot have the size says at which node")
  func illegal() throws {
    // Flattened pixels: the classifier has weights for 64 inputs.
    try FlattenedNetwork.write(to: "\(folder)/flat.onnx")
    #expect(try haq("network", "show", "flat.onnx").exitCode == 0)
    let refused = try haq("network", "show", "flat.onnx", "--input-size", "16")
    #expect(
      refused.exitCode == 1 && refused.errors.contains("flat.onnx") && refused.errors.contains("classifier"))
    let list = try haq("cost", "layers.json", "--target", "bismo-zynq7020", "--input-size", "16")
    #expect(list.exitCode == 64 && list.errors.contains("needs a network with connections"))
  }
}
