import DataRequests
import Documents
import Evaluation
import FixtureBuilding
import Foundation
import Networks
import ONNX
import Testing

/// A network as Keras has it, whose images have their channels last.
final class ChannelsLastTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  /// 120 images of 4x4 in three channels; an image of class c is bright in channel c, at a random pixel.
  init() throws {
    temporary = try TemporaryFolder()
    let script = """
      import numpy
      random = numpy.random.RandomState(1)
      labels = numpy.arange(120) % 3
      images = numpy.zeros((120, 3, 4, 4), dtype=numpy.uint8)
      for image, label in zip(images, labels): image[label, random.randint(4), random.randint(4)] = 255
      numpy.save("\(folder)/first.npy", images)
      numpy.save("\(folder)/last.npy", images.transpose(0, 2, 3, 1).copy())
      numpy.save("\(folder)/labels.npy", labels)
      """
    let run = try CompilerRun("/usr/bin/python3", ["-c", script])
    guard run.exitCode == 0 else { throw Failed(description: run.output) }
    try ONNX.write(Self.brightestChannel, to: "\(folder)/last.onnx")
  }

  private struct Failed: Error { var description: String }

  /// Scores of a class are the mean of a channel: right for every image, if every channel is where it belongs.
  private static var brightestChannel: Graph {
    var graph = Graph(
      name: "last", input: "x", inputShape: TensorShape([.batch, Dimension(4), Dimension(4), Dimension(3)]),
      nodes: [
        Node(name: "turn", operation: .transpose([0, 3, 1, 2]), inputs: ["x"], output: "t"),
        Node(name: "mean", operation: .globalAveragePool, inputs: ["t"], output: "m"),
        Node(name: "flat", operation: .flatten, inputs: ["m"], output: "f"),
        Node(name: "classifier", operation: .fullyConnected(outputs: 3), inputs: ["f"], output: "scores"),
      ], output: "scores",
      weights: ["classifier": LayerWeights(weight: [1, 0, 0, 0, 1, 0, 0, 0, 1], bias: [0, 0, 0])])
    graph.imageLayout = .channelsLast
    return graph
  }

  private func haq(_ arguments: String...) throws -> ProgramRun { try ProgramRun(arguments, in: folder) }

  private func accuracies(_ network: String, _ more: String...) throws -> [String: Double] {
    let run = try ProgramRun(["evaluate", network, "--threads", "1", "--format", "json"] + more, in: folder)
    guard run.exitCode == 0 else { throw Failed(description: run.errors) }
    let results = try run.document(EvaluationDocument.self).results
    return ["float": results.float.accuracy, "policy": results.policy?.accuracy].compactMapValues(\.self)
  }

  @Test("is measured on images of either layout, in floats and at given widths")
  func evaluated() throws {
    #expect(
      try accuracies("last.onnx", "--data", "first.npy,labels.npy", "--bits", "W8A8") == [
        "float": 1, "policy": 1,
      ])
    #expect(try accuracies("last.onnx", "--data", "last.npy,labels.npy")["float"] == 1)
    let shown = try haq("network", "show", "last.onnx")
    #expect(shown.output.hasPrefix("last: Nx4x4x3 (channels last) to Nx3 (scores)"), "\(shown.output)")
    let json = try haq("network", "show", "last.onnx", "--format", "json")
    #expect(json.output.contains(#""input_layout" : "nhwc""#), "\(json.output)")
  }

  @Test("is exported as it is, and has the input size that is asked for")
  func exported() throws {
    let run = try haq(
      "export", "last.onnx", "--bits", "W8A8", "--as", "qcdq", "-o", "q.onnx", "--data",
      "first.npy,labels.npy")
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(try accuracies("q.onnx", "--data", "first.npy,labels.npy")["float"] == 1)
    let graph = try ONNX.read("\(folder)/q.onnx", inputSize: InputSize(height: 8, width: 6))
    #expect(graph.imageInput?.extents == [8, 6, 3] && graph.imageLayout == .channelsLast)
  }

  @Test("images of another size are refused in the words of images")
  func refused() throws {
    let run = try haq("evaluate", "last.onnx", "--input-size", "8", "--data", "first.npy,labels.npy")
    #expect(run.exitCode == 1)
    #expect(
      run.errors.contains(
        "takes images of 8x8 in 3 channels; first.npy,labels.npy, shuffled by seed 1 has 4x4 in 3 channels"),
      "\(run.errors)")
  }
}
