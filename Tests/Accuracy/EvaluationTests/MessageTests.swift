import Conversations
import Core
import Evaluation
import Testing

@Suite struct MessageTests {
  private static let evaluation = WireEvaluation(
    EvaluationRequest(
      policy: Policy([Precision("W4A6")!]), fineTuning: FineTuning(samples: 9, learningRate: 0.5, seed: .max),
      split: .test, samples: 3), layers: ["a/b"])

  private static let figures = EvaluationResult.Figures(accuracy: 0.5, loss: 1.25, samples: 4)
  private static let result = EvaluationResult.measured(figures)

  static let requests: [(EvaluatorRequest, String)] = [
    (
      EvaluatorRequest(id: 1, method: .describe(protocolVersion: "haq.evaluator/1.5")),
      #"{"id":1,"method":"describe","parameters":{"protocol":"haq.evaluator/1.5"}}"#
    ),
    (
      EvaluatorRequest(id: 2, method: .evaluate(evaluation)),
      #"{"id":2,"method":"evaluate","parameters":{"fine_tuning":{"learning_rate":0.5,"samples":9,"#
        + #""seed":18446744073709551615},"policy":[{"activation_bits":6,"layer":"a/b","weight_bits":4}],"#
        + #""samples":3,"split":"test"}}"#
    ),
    (
      EvaluatorRequest(
        id: 3, method: .evaluate(WireEvaluation(EvaluationRequest(policy: nil), layers: ["x"]))),
      #"{"id":3,"method":"evaluate","parameters":{"split":"validation"}}"#
    ),
    (
      EvaluatorRequest(
        id: 4,
        method: .train(
          TrainingOptions(
            epochs: 2, batchSize: 3, learningRate: 0.25, weightDecay: 0.5, labelSmoothing: 0, seed: 6),
          output: "/a b.onnx")),
      #"{"id":4,"method":"train","parameters":{"options":{"batch_size":3,"epochs":2,"label_smoothing":0,"#
        + #""learning_rate":0.25,"seed":6,"weight_decay":0.5},"output":"/a b.onnx"}}"#
    ),
    (
      EvaluatorRequest(
        id: 6,
        method: .quantize(
          QuantizationRequest(policy: [.init(layer: "a", precision: Precision("W4A6")!)], output: "/a b"))),
      #"{"id":6,"method":"quantize","parameters":{"output":"/a b","policy":[{"activation_bits":6,"layer":"a","#
        + #""weight_bits":4}]}}"#
    ),
    (EvaluatorRequest(id: 5, method: .quit), #"{"id":5,"method":"quit"}"#),
  ]

  static let replies: [(EvaluatorReply, String)] = [
    (
      .description(
        id: 1,
        EvaluatorDescription(
          program: "p 1", network: "n", layers: ["a", "b"], data: "d", trainingSamples: 1,
          validationSamples: 2,
          testSamples: 3)),
      #"{"description":{"data":"d","layers":["a","b"],"network":"n","program":"p 1","#
        + #""protocol":"haq.evaluator/1.5","test_samples":3,"training_samples":1,"validation_samples":2},"id":1}"#
    ),
    (.evaluation(id: 2, result), #"{"evaluation":{"accuracy":0.5,"loss":1.25,"samples":4},"id":2}"#),
    (
      .progress(id: 3, TrainingProgress(epoch: 1, epochs: 2, trainingLoss: 0.75, validation: figures)),
      #"{"id":3,"progress":{"epoch":1,"epochs":2,"training_loss":0.75,"#
        + #""validation":{"accuracy":0.5,"loss":1.25,"samples":4}}}"#
    ),
    (
      .evaluation(id: 9, EvaluationResult(accuracy: 0.5, loss: 1.25, samples: 4, divergence: 0.125)),
      #"{"evaluation":{"accuracy":0.5,"divergence":0.125,"loss":1.25,"samples":4},"id":9}"#
    ),
    (
      .encodings(
        id: 6,
        NetworkEncoding(
          layers: [
            LayerEncoding(
              layer: "a",
              weight: QuantizerEncoding(bits: BitWidth(2)!, lowest: -1, highest: 1, scales: [0.5, 0.25]),
              activation: QuantizerEncoding(
                bits: BitWidth(1)!, lowest: 0, highest: 1, zeroPoint: 1, scales: [2]))
          ], values: [QuantizerEncoding(bits: .eight, lowest: 0, highest: 255, scales: [0.5])])),
      #"{"encodings":[{"activation":{"bits":1,"highest":1,"lowest":0,"scales":[2],"zero_point":1},"layer":"a","#
        + #""weight":{"bits":2,"highest":1,"lowest":-1,"scales":[0.5,0.25],"zero_point":0}}],"id":6,"#
        + #""values":[{"bits":8,"highest":255,"lowest":0,"scales":[0.5],"zero_point":0}]}"#
    ),
    (.done(id: 4), #"{"done":true,"id":4}"#),
    (
      .failure(id: 5, EvaluatorFailure(.illegal, "no \"x\"")),
      #"{"error":{"code":"illegal","message":"no \"x\""},"id":5}"#
    ),
    (
      .failure(id: nil, EvaluatorFailure(.malformed, "what")),
      #"{"error":{"code":"malformed","message":"what"}}"#
    ),
  ]

  @Test("requests are these lines, and back", arguments: requests)
  func request(_ message: EvaluatorRequest, _ line: String) throws {
    #expect(try MessageLine.encode(message) == line)
    #expect(try MessageLine.decode(EvaluatorRequest.self, from: line) == message)
  }

  @Test("replies are these lines, and back", arguments: replies)
  func reply(_ message: EvaluatorReply, _ line: String) throws {
    #expect(try MessageLine.encode(message) == line)
    #expect(try MessageLine.decode(EvaluatorReply.self, from: line) == message)
  }

  @Test("unknown keys are ignored, null is absent, key order and white space do not matter")
  func tolerance() throws {
    let line = """
      { "parameters": {"samples": null, "split": "test", "colour": "red", "policy": null}, "extra": [1], \
      "method": "evaluate", "id": 7 }
      """
    let expected = WireEvaluation(EvaluationRequest(policy: nil, split: .test), layers: [])
    #expect(
      try MessageLine.decode(EvaluatorRequest.self, from: line)
        == EvaluatorRequest(id: 7, method: .evaluate(expected)))
    #expect(
      try MessageLine.decode(EvaluatorReply.self, from: #"{"id":1,"done":true,"seconds":4}"#)
        == .done(id: 1))
  }

  @Test(
    "what is no request is refused",
    arguments: [
      "", "x", "[]", "{}", #"{"id":1}"#, #"{"method":"quit"}"#, #"{"id":"1","method":"quit"}"#,
      #"{"id":1,"method":"stop"}"#, #"{"id":1,"method":"describe"}"#, #"{"id":1,"method":"evaluate"}"#,
      #"{"id":1,"method":"evaluate","parameters":{"split":"training"}}"#,
      #"{"id":1,"method":"evaluate","parameters":{}}"#,
      #"{"id":1,"method":"evaluate","parameters":{"split":"test","policy":[{"layer":"a","weight_bits":0,"activation_bits":8}]}}"#,
      #"{"id":1,"method":"evaluate","parameters":{"split":"test","policy":[{"layer":"a","weight_bits":8,"activation_bits":33}]}}"#,
      #"{"id":1,"method":"evaluate","parameters":{"split":"test","policy":[{"layer":"a","weight_bits":8}]}}"#,
    ])
  func noRequest(_ line: String) {
    #expect(throws: DecodingError.self) { try MessageLine.decode(EvaluatorRequest.self, from: line) }
  }

  @Test(
    "what is no reply is refused",
    arguments: [
      "", "x", "{}", #"{"id":1}"#, #"{"done":true}"#, #"{"id":1,"done":1}"#,
      #"{"id":1,"error":{"code":"tired","message":"m"}}"#, #"{"id":1,"evaluation":{"accuracy":1}}"#,
    ])
  func noReply(_ line: String) {
    #expect(throws: DecodingError.self) { try MessageLine.decode(EvaluatorReply.self, from: line) }
  }

  @Test("equal majors of this protocol understand each other, nothing else does")
  func compatibility() {
    for version in ["haq.evaluator/1.2", "haq.evaluator/1.5", "haq.evaluator/1.7", "haq.evaluator/1.22"] {
      #expect(EvaluatorProtocol.isCompatible(with: version))
    }
    for version in [
      "haq.evaluator/2.0", "haq.evaluator/0.9", "haq.evaluator/10.0", "haq.evaluator/1", "haq.policy/1.0",
      "1.0",
      "", "haq.evaluator/1.x",
    ] {
      #expect(!EvaluatorProtocol.isCompatible(with: version), "\(version)")
    }
  }
}
