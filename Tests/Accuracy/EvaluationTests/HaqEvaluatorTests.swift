import Conversations
import Core
import Evaluation
import FixtureBuilding
import Foundation
import Networks
import ONNX
import Testing

/// The real program, in one conversation.
@Suite(.serialized) final class HaqEvaluatorTests {
  private let folder: URL
  private let network: String

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "haq-real-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    network = folder.appending(path: "tiny.onnx").path
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// A small network for 28x28 grey pictures in ten classes, with weights that mean nothing.
  private func writeNetwork() throws {
    var builder = GraphBuilder(name: "tiny", inputShape: TensorShape(channels: 1, height: 28, width: 28))
    builder.convolution("stem", outputs: 4, kernel: 3, stride: 2)
    builder.relu6()
    builder.depthwise("depthwise", stride: 2)
    builder.relu6()
    builder.classifier(classes: 10)
    var graph = builder.build()
    for layer in try graph.network().layers {
      // A permutation of -50...50 over a hundred: no order, no repetition in small layers.
      let weight = (0..<layer.weightCount).map { Float($0 * 37 % 101 - 50) / 100 }
      graph.weights[layer.name] = LayerWeights(
        weight: weight, bias: (0..<layer.outputChannels).map { Float($0 % 3) / 10 })
    }
    try ONNX.write(graph, to: network)
  }

  /// Runs the program on `lines` until its input ends; its replies, status and standard error.
  private func converse(_ lines: [String], network: String? = nil, arguments: [String] = []) throws
    -> (replies: [EvaluatorReply], status: Int32, errors: String)
  {
    let process = Process()
    process.executableURL = URL(filePath: try Places.builtLibrary("haq-evaluator"))
    process.arguments =
      ["--network", network ?? self.network, "--calibration-samples", "64", "--threads", "1"] + arguments
    let (input, output) = (Pipe(), Pipe())
    let errors = folder.appending(path: "errors")
    try Data().write(to: errors)
    process.standardInput = input
    process.standardOutput = output
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    try? input.fileHandleForWriting.write(contentsOf: Data(lines.map { $0 + "\n" }.joined().utf8))
    try input.fileHandleForWriting.close()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    let replies = try String(decoding: bytes, as: UTF8.self).split(separator: "\n").map {
      try MessageLine.decode(EvaluatorReply.self, from: String($0))
    }
    return (replies, process.terminationStatus, try String(contentsOf: errors, encoding: .utf8))
  }

  private func evaluate(
    _ id: Int, _ bits: (Int, Int)?, layers: [String] = ["stem", "depthwise", "classifier"]
  )
    -> String
  {
    let policy = layers.map {
      "{\"layer\":\"\($0)\",\"weight_bits\":\(bits?.0 ?? 0),\"activation_bits\":\(bits?.1 ?? 0)}"
    }.joined(separator: ",")
    let parameters = bits == nil ? "" : "\"policy\":[\(policy)],"
    return
      "{\"id\":\(id),\"method\":\"evaluate\",\"parameters\":{\(parameters)\"split\":\"test\",\"samples\":40}}"
  }

  @Test("one conversation: right and wrong questions in turn, each with its answer")
  func conversation() throws {
    try writeNetwork()
    let (replies, status, errors) = try converse([
      "what?", "", #"{"id":1,"method":"dance"}"#, #"{"id":2,"method":"evaluate","parameters":{"samples":1}}"#,
      #"{"id":3,"method":"describe","parameters":{"protocol":"haq.evaluator/2.0"}}"#,
      #"{"id":4,"method":"describe","parameters":{"protocol":"haq.evaluator/1.5"}}"#,
      evaluate(5, nil), evaluate(6, (8, 8)), evaluate(7, (8, 8), layers: ["stem", "middle", "classifier"]),
      evaluate(8, (8, 8), layers: ["stem"]), evaluate(9, (1, 8)), evaluate(10, (8, 17)),
      #"{"id":11,"method":"evaluate","parameters":{"split":"test","samples":10001}}"#,
      #"{"id":12,"method":"evaluate","parameters":{"split":"test","samples":0}}"#,
      evaluate(13, (8, 8)), #"{"id":14,"method":"quit"}"#, evaluate(15, nil),
    ])
    #expect(status == 0)
    #expect(errors == "")
    // A blank line and everything from `quit` on have no answer.
    try #require(replies.count == 14)
    #expect(replies[0] == .failure(id: nil, EvaluatorFailure(.malformed, "the line is not JSON")))
    #expect(replies[1].failure?.id == 1 && replies[1].failure?.code == .malformed)
    #expect(replies[2] == .failure(id: 2, EvaluatorFailure(.malformed, "missing \"parameters.split\"")))
    #expect(
      replies[3]
        == .failure(
          id: 3,
          EvaluatorFailure(
            .incompatible, "haq.evaluator/2.0 is requested; this evaluator speaks haq.evaluator/1.5")))
    guard case .description(4, let description) = replies[4] else { throw Unexpected(reply: replies[4]) }
    #expect(description.layers == ["stem", "depthwise", "classifier"])
    #expect(description.data == "fashion-mnist")
    #expect(description.trainingSamples == 50_000)
    #expect(description.validationSamples == 10_000 && description.testSamples == 10_000)
    guard case .evaluation(5, let float) = replies[5] else { throw Unexpected(reply: replies[5]) }
    guard case .evaluation(6, let eight) = replies[6] else { throw Unexpected(reply: replies[6]) }
    #expect(float.samples == 40 && eight.samples == 40)
    // Eight bits are close to floats but not the same.
    #expect(float.loss != eight.loss && abs(float.loss - eight.loss) < 0.1 * float.loss)
    for (index, id) in [(7, 7), (8, 8), (9, 9), (10, 10), (11, 11), (12, 12)] {
      #expect(replies[index].failure?.id == id && replies[index].failure?.code == .illegal)
    }
    #expect(replies[7].failure?.message.contains("\"middle\" where \"depthwise\" belongs") == true)
    #expect(
      replies[9].failure?.message
        == "layer stem: 1-bit weights are not possible; its signed weights take 2 to 16 bits")
    #expect(replies[13] == .evaluation(id: 13, eight))
  }

  @Test("which samples are right agrees with the accuracy on every number of first samples")
  func correctSamples() throws {
    try writeNetwork()
    func question(_ id: Int, _ samples: Int) -> String {
      #"{"id":\#(id),"method":"evaluate","parameters":{"extras":["unknown","correct_samples"],"split":"test","samples":\#(samples)}}"#
    }
    let counts = [1, 2, 3, 7, 8, 9, 20, 40]
    let (replies, _, _) = try converse(counts.enumerated().map { question($0.offset + 1, $0.element) })
    let figures = replies.compactMap {
      if case .evaluation(_, let result) = $0 { result.figures } else { nil }
    }
    #expect(figures.count == counts.count)
    let all = try #require(figures.last?.correctSamples)
    for found in figures {
      let bits = try #require(found.correctSamples)
      #expect(Double(bits.correctCount) == (found.accuracy * Double(found.samples)).rounded())
      // The first samples of all are those that were measured alone.
      let first = (0..<found.samples).map { all.isCorrect($0) }
      #expect(bits == CorrectSamples(first))
    }
  }

  @Test("agreement with the float network is measured without labels, and corrections are named")
  func agreement() throws {
    try writeNetwork()
    let describe = #"{"id":1,"method":"describe","parameters":{"protocol":"haq.evaluator/1.5"}}"#
    let (replies, _, errors) = try converse(
      [describe, evaluate(2, nil), evaluate(3, (2, 8)), evaluate(4, (2, 8))],
      arguments: ["--objective", "agreement", "--ptq", "best"])
    #expect(errors == "")
    try #require(replies.count == 4)
    guard case .description(1, let description) = replies[0] else { throw Unexpected(reply: replies[0]) }
    #expect(
      description.metric == "agreement" && description.data == "fashion-mnist, classes by the float network")
    #expect(
      description.notes == [
        "ptq: channel-clips,learned-rounding,bias-correction, on 64 images of the training split"
      ])
    let figures = replies.compactMap {
      if case .evaluation(_, let result) = $0 { result.figures } else { nil }
    }
    try #require(figures.count == 3)
    #expect(figures[0].accuracy == 1)
    #expect(figures[1].accuracy < 1 && figures[1] == figures[2])
    let plain = try converse([evaluate(3, (2, 8))], arguments: ["--objective", "agreement"]).replies
    guard case .evaluation(3, let nearest) = try #require(plain.first) else {
      throw Unexpected(reply: plain[0])
    }
    let (corrected, before) = (try #require(figures[1].divergence), try #require(nearest.get().divergence))
    #expect(corrected < before)
    let (refused, _, _) = try converse(
      [
        #"{"id":5,"method":"train","parameters":{"options":{"batch_size":8,"epochs":1,"label_smoothing":0,"learning_rate":0.1,"seed":1,"weight_decay":0},"output":"x.onnx"}}"#
      ], arguments: ["--objective", "agreement"])
    #expect(refused.first?.failure?.message.contains("needs labels") == true)
  }

  @Test("with the divergence as objective, accuracy is exp(-divergence), and no sample is right or wrong")
  func divergence() throws {
    try writeNetwork()
    let asking = evaluate(3, (2, 8)).replacing(
      "\"split\"",
      with: "\"extras\":[\"correct_samples\"],\"stop_below\":{\"accuracy\":1,\"error_rate\":0},\"split\"")
    let (replies, _, errors) = try converse(
      [
        #"{"id":1,"method":"describe","parameters":{"protocol":"haq.evaluator/1.5"}}"#, evaluate(2, nil),
        asking,
      ],
      arguments: ["--objective", "divergence"])
    #expect(errors == "")
    try #require(replies.count == 3)
    guard case .description(1, let description) = replies[0] else { throw Unexpected(reply: replies[0]) }
    #expect(description.metric == "fidelity")
    guard case .evaluation(2, let float) = replies[1] else { throw Unexpected(reply: replies[1]) }
    guard case .evaluation(3, let policy) = replies[2] else { throw Unexpected(reply: replies[2]) }
    #expect(try float.get().accuracy == 1)
    let figures = try policy.get()
    let divergence = try #require(figures.divergence)
    #expect(divergence > 0 && figures.accuracy == exp(-divergence))
    #expect(figures.samples == 40 && figures.correctSamples == nil)
  }

  @Test("sensitivities are estimated beside an evaluation, of layers that the network has")
  func narrowings() throws {
    try writeNetwork()
    func asking(_ id: Int, _ layer: String) -> String {
      evaluate(id, (8, 8)).replacing(
        "\"split\"",
        with: #""narrowings":[{"layers":["\#(layer)"],"operand":"weight","bits":2},"#
          + #"{"layers":["\#(layer)"],"operand":"weight","bits":8}],"split""#)
    }
    let (replies, _, _) = try converse([evaluate(1, (8, 8)), asking(2, "depthwise"), asking(3, "middle")])
    try #require(replies.count == 3)
    guard case .evaluation(1, let plain) = replies[0] else { throw Unexpected(reply: replies[0]) }
    guard case .evaluation(2, let estimated) = replies[1] else { throw Unexpected(reply: replies[1]) }
    let increases = try #require(estimated.figures?.estimatedIncreases)
    // 8 bits are what the policy has.
    #expect(increases.count == 2 && increases[0] > 0 && increases[1] == 0)
    #expect(estimated.mapFigures { $0.estimatedIncreases = nil } == plain)
    #expect(replies[2].failure?.code == .illegal && replies[2].failure?.message.contains("middle") == true)
    // Codebooks have none.
    let clustered = evaluate(1, (2, 32)).replacing(
      "\"split\"", with: #""narrowings":[{"layers":["stem"],"operand":"weight","bits":2}],"split""#)
    let (codebooks, _, _) = try converse([clustered], arguments: ["--quantizer", "kmeans"])
    guard case .evaluation(1, let without)? = codebooks.first else { throw Unexpected(reply: codebooks[0]) }
    #expect(without.figures?.samples == 40 && without.figures?.estimatedIncreases == nil)
  }

  @Test("the end of the input ends the program, as quit does")
  func endOfInput() throws {
    try writeNetwork()
    let (replies, status, _) = try converse([])
    #expect(replies == [])
    #expect(status == 0)
  }

  /// The one error that every line gets, in place of a word on standard error.
  private func refusal(_ arguments: [String], network: String? = nil) throws -> EvaluatorFailure? {
    let (replies, status, errors) = try converse(
      [#"{"id":1,"method":"describe","parameters":{"protocol":"haq.evaluator/1.5"}}"#, evaluate(2, nil)],
      network: network, arguments: arguments)
    #expect(status != 0 && errors == "")
    guard replies.count == 2, case .failure(1?, let failure) = replies[0] else { return nil }
    #expect(replies[1] == .failure(id: 2, failure))
    return failure
  }

  @Test("what cannot work at all is the answer to every request, and on standard error where there is none")
  func cannotBegin() throws {
    let path = folder.appending(path: "nothing.onnx").path
    #expect(try refusal([], network: path)?.message.contains(path) == true)
    #expect(try refusal([], network: "no-such-network")?.message.contains("no-such-network") == true)
    try writeNetwork()
    let folder = ["--data-folder", "/nonexistent/data"]
    #expect(try refusal(folder)?.message.contains("apt-get install dataset-fashion-mnist") == true)
    let unasked = try converse([], arguments: folder)
    #expect(unasked.replies == [] && unasked.status != 0)
    #expect(
      unasked.errors.hasPrefix("haq-evaluator: error: ") && unasked.errors.contains("/nonexistent/data"))
  }

  private struct Unexpected: Error {
    var reply: EvaluatorReply
  }
}

extension EvaluatorReply {
  /// The parts of a failure, nil for any other reply.
  fileprivate var failure: (id: Int?, code: EvaluatorFailure.Code, message: String)? {
    if case .failure(let id, let failure) = self { (id, failure.code, failure.message) } else { nil }
  }
}
