import Conversations
import Core
import DataRequests
import Datasets
import Diagnostics
import Evaluation
import EvaluatorArguments
import Foundation
import Glibc
import Networks
import ONNX
import Quantization
import Training

/// One conversation: reads requests until the input ends or says quit.
final class EvaluationSession {
  let network: NetworkSource
  let inputSize: InputSize?
  let data: DataSplits
  let objective: AccuracyObjective
  /// The first of the training split.
  let calibrationImages: LabelledImages
  let quantization: QuantizationArguments
  /// The network that is quantized, where a recipe has rewritten it.
  var equalized: FloatNetwork?
  /// Made at the first evaluation, since training and describing need neither.
  private var loaded: (float: FloatNetwork, quantized: any PolicyNetwork)?
  var references: [Split: ReferenceOutputs] = [:]

  init(
    network: NetworkSource, inputSize: InputSize?, data: DataSplits, objective: AccuracyObjective,
    calibrationSamples: Int,
    quantization: QuantizationArguments
  ) {
    self.network = network
    self.inputSize = inputSize
    self.data = data
    self.objective = objective
    calibrationImages = data.training[0..<min(calibrationSamples, data.training.count)]
    self.quantization = quantization
  }

  /// Answers every line; a line that is not a request gets an error, and the session continues.
  func serve() {
    while let line = readLine() {
      guard !line.allSatisfy(\.isWhitespace) else { continue }
      let request: EvaluatorRequest
      do {
        request = try MessageLine.decode(from: line)
      } catch {
        send(.failure(id: Self.id(of: line), EvaluatorFailure(.malformed, Self.explain(error))))
        continue
      }
      do {
        guard let reply = try answer(request) else { return }
        send(reply)
      } catch {
        send(.failure(id: request.id, EvaluatorFailure(error)))
      }
    }
  }

  /// Nil ends the conversation.
  private func answer(_ request: EvaluatorRequest) throws -> EvaluatorReply? {
    let id = request.id
    return switch request.method {
    case .describe(let version): .description(id: id, try describe(theirs: version))
    case .evaluate(let evaluation): .evaluation(id: id, judged(try evaluate(evaluation)))
    case .fineTune(let job, let policy): try fineTune(job, policy: policy, id: id)
    case .quantize(let request): try quantize(request, id: id)
    case .train(let options, let output):
      try train(options, output: output, id: id)
    case .quit: nil
    }
  }

  private func describe(theirs version: String) throws -> EvaluatorDescription {
    guard EvaluatorProtocol.isCompatible(with: version) else {
      throw EvaluatorFailure(
        .incompatible, "\(version) is requested; this evaluator speaks \(EvaluatorProtocol.version)")
    }
    let graph = try network.graph(inputSize: inputSize)
    try requireImages(of: graph)
    let shapes = try graph.network()
    return EvaluatorDescription(
      program: "haq-evaluator \(ProgramVersion.current)", network: graph.name,
      layers: shapes.layers.map(\.name), data: data.name,
      trainingSamples: data.training.count, validationSamples: data.validation.count,
      testSamples: data.test.count, weightShapes: shapes.layers.map(\.weightShape),
      finalActivation: try graph.classScores()?.finalActivation?.rawValue, notes: notes,
      formats: quantization.quantizer == .linear
        ? MeasurableWidths(weights: TensorQuantizer.formats, activations: TensorQuantizer.formats) : nil,
      metric: metric)
  }

  private func evaluate(_ evaluation: WireEvaluation) throws -> EvaluationResult {
    let (float, quantized) = try loadNetwork()
    try requireClasses(of: float.graph)
    let all = evaluation.split == .validation ? data.validation : data.test
    let count = evaluation.samples ?? all.count
    guard (1...all.count).contains(count) else {
      throw EvaluatorFailure(
        .illegal, "\(count) samples of the \(evaluation.split) split; it has 1 to \(all.count)")
    }
    let images = try judged(all[0..<count], by: float, evaluation.split)
    var questions = Measurement.Questions(
      bar: try bar(evaluation.stopBelow), extras: Set(evaluation.extras ?? []),
      samples: quantization.reusesPrefixes ? SampleSet(evaluation.split.rawValue) : nil)
    guard let bits = evaluation.policy else {
      guard evaluation.fineTuning == nil else {
        throw EvaluatorFailure(.illegal, "fine-tuning needs a policy; the float network is not fine-tuned")
      }
      return try float.measure(images, questions)
    }
    let policy = try policy(bits, for: float)
    questions.reference = try referenceOutputs(of: float, on: images, split: evaluation.split)
    if quantization.semantics == .runtime {
      guard evaluation.fineTuning == nil else {
        throw EvaluatorFailure(
          .illegal, "a network is fine-tuned with --semantics policy; runtimes do not train")
      }
      return try deployed(quantized, float, under: policy).measure(images, questions)
    }
    guard let tuning = evaluation.fineTuning else {
      let result = try quantized.measure(policy, on: images, questions)
      return try result.withEstimates(
        of: try narrowings(evaluation.narrowings, in: float), from: policy, quantized, on: images)
    }
    guard tuning.samples > 0, tuning.learningRate > 0, tuning.learningRate.isFinite else {
      throw EvaluatorFailure(.illegal, "fine-tuning needs at least one sample and a learning rate above 0")
    }
    return try quantized.measure(
      policy, fineTuned: tuning, with: judgedTraining(by: float, for: tuning.loss), on: images, questions)
  }

  /// How often the classes agree says nothing of a divergence, which is measured on all samples.
  private func bar(_ asked: WireEvaluation.Bar?) throws -> AccuracyBar? {
    let bar = try asked.map(checked)
    return objective == .divergence ? nil : bar
  }

  private func checked(_ bar: WireEvaluation.Bar) throws -> AccuracyBar {
    guard (0...1).contains(bar.accuracy), (0..<1).contains(bar.errorRate) else {
      throw EvaluatorFailure(
        .illegal, "stop_below needs an accuracy of 0 to 1 and an error_rate of 0 to less than 1")
    }
    return AccuracyBar(accuracy: bar.accuracy, errorRate: bar.errorRate)
  }

  func policy(_ bits: [WireEvaluation.LayerBits], for float: FloatNetwork) throws -> Policy {
    let network = float.network
    if let quantizer = float.graph.firstQuantizer {
      throw EvaluatorFailure(
        .illegal,
        "\(network.name) already has quantizers, the first at \"\(quantizer)\"; a policy would quantize it twice. Give a network without "
          + "quantizers, or remove them: --file-quantizers remove")
    }
    let expected = network.layers.map(\.name)
    guard bits.map(\.layer) == expected else {
      let at = zip(bits.map(\.layer), expected).first { $0 != $1 }
      let difference =
        at.map { "\"\($0.0)\" where \"\($0.1)\" belongs" } ?? "\(bits.count) layers, not \(expected.count)"
      throw EvaluatorFailure(
        .illegal, "the policy does not name the layers of \(network.name) in order: it has \(difference)")
    }
    return Policy(bits.map(\.precision))
  }

  func loadNetwork() throws -> (float: FloatNetwork, quantized: any PolicyNetwork) {
    if let loaded { return loaded }
    let graph = quantization.fileQuantizers.applied(to: try network.trainedGraph(inputSize: inputSize))
    try requireImages(of: graph)
    let float = try FloatNetwork(graph)
    let made = (float: float, quantized: try quantized(float))
    loaded = made
    return made
  }

  private func quantized(_ float: FloatNetwork) throws -> any PolicyNetwork {
    switch quantization.quantizer {
    case .kMeans:
      return try CodebookNetwork(
        float, granularity: quantization.weightScales, start: quantization.codebookStart,
        seed: quantization.codebookSeed)
    case .linear:
      let float = try prepared(float)
      let calibration = try ActivationCalibration(
        of: float, on: calibrationImages, by: quantization.activationRule)
      let scheme = QuantizationScheme(
        network: float, calibration: calibration, granularity: quantization.weightScales,
        weightClipping: quantization.weightClipping ?? quantization.clipping,
        clipsChannels: quantization.ptq.steps.contains(.channelClips))
      return try QuantizedNetwork(
        float, scheme: scheme,
        correction: quantization.ptq == .none
          ? nil
          : PostTrainingQuantization(
            float, on: calibrationImages, recipe: quantization.ptq, granularity: quantization.weightScales))
    }
  }

  /// Whether the network takes the data's images.
  func requireImages(of graph: Graph) throws {
    let images = data.training
    guard graph.imageInput == images.input else {
      throw EvaluatorFailure(
        .illegal,
        "\(graph.name) takes images of \(graph.imageInput.map(String.init(describing:)) ?? "\(graph.inputShape)"); "
          + "\(data.name) has \(images.input)")
    }
  }

  /// Whether the network has an output for each class of the data, which calibration alone does not need.
  func requireClasses(of graph: Graph) throws {
    let images = data.training
    let scores = try graph.classScores()
    if !objective.needsLabels, scores != nil { return }
    guard scores?.count == images.classCount else {
      let classes = "\(images.classCount) class\(images.classCount == 1 ? "" : "es")"
      let shape = try graph.shapes()[graph.output]!
      throw EvaluatorFailure(
        .illegal,
        scores.map { scores in
          "\(graph.name) tells \(scores.count) class\(scores.count == 1 ? "" : "es") apart; \(data.name) has \(classes)."
            + (images.classCount < scores.count
              ? " Where the data merely lacks some classes, give --classes \(scores.count), or as many names in --class-list"
              : " Labels may be 0 to \(scores.count - 1), with --classes \(scores.count) at most")
        } ?? "\(graph.name) gives \(shape), N for the images, which is not one score for each of \(classes);"
          + " accuracy is measured of classifiers. Other networks can be costed and exported")
    }
  }

  static func send(_ reply: EvaluatorReply) {
    do {
      print(try MessageLine.encode(reply))
    } catch {
      // Only a number that is not finite cannot be written as JSON.
      print(#"{"error":{"code":"failed","message":"a result is not a finite number"}}"#)
    }
    HaqEvaluator.sendReplies()
  }

  func send(_ reply: EvaluatorReply) { Self.send(reply) }

  /// The number of a line that is JSON but no request, so that its error can be matched.
  static func id(of line: String) -> Int? {
    struct Numbered: Decodable {
      var id: Int
    }
    return try? MessageLine.decode(Numbered.self, from: line).id
  }

  private static func explain(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return "\(error)" }
    func path(_ context: DecodingError.Context) -> String {
      context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
    }
    switch error {
    case .keyNotFound(let key, let context):
      return "missing \"\((context.codingPath + [key]).map(\.stringValue).joined(separator: "."))\""
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "\(path(context)): \(context.debugDescription)"
    case .dataCorrupted(let context):
      return context.codingPath.isEmpty
        ? "the line is not JSON" : "\(path(context)): \(context.debugDescription)"
    @unknown default: return "\(error)"
    }
  }
}
