import Core
import DataRequests
import Datasets
import Evaluation
import EvaluatorArguments
import Networks
import ONNX
import Training

extension EvaluationSession {
  /// Fine-tunes over whole epochs; a checkpoint that is there already is continued.
  func fineTune(
    _ job: FineTuningJob, policy bits: [WireEvaluation.LayerBits], id: Int
  ) throws -> EvaluatorReply {
    guard (1...10_000).contains(job.epochs), (1...data.training.count).contains(job.batchSize),
      job.learningRate > 0, job.learningRate.isFinite, job.weightDecay >= 0, job.weightDecay.isFinite,
      (0...job.epochs).contains(job.warmUpEpochs)
    else {
      throw EvaluatorFailure(
        .illegal,
        "fine-tuning needs 1 to 10000 epochs, a batch of 1 to \(data.training.count), a learning rate above 0, a weight decay "
          + "of at least 0, and no more epochs of warming up than in all")
    }
    guard quantization.semantics == .policy else {
      throw EvaluatorFailure(
        .illegal, "a network is fine-tuned with --semantics policy; runtimes do not train")
    }
    let (float, quantized) = try loadNetwork()
    try requireClasses(of: float.graph)
    let policy = try policy(bits, for: float)
    let tuned: FullFineTuning.Result
    do {
      var tuning = FullFineTuning(job, data: try judgedData(by: float, training: job.loss))
      tuning.judged = { try self.judged(.measured($0)).get() }
      if objective == .divergence {
        tuning.reference = try referenceOutputs(of: float, on: data.validation, split: .validation)
      }
      tuned = try tuning.run(quantized, policy: policy) { progress in
        send(.progress(id: id, progress))
      }
    } catch let mismatch as FineTuningCheckpoint.Mismatch {
      throw EvaluatorFailure(.illegal, "\(mismatch)")
    }
    if let output = job.output { try ONNX.write(tuned.graph, to: output) }
    return .done(id: id, tuned.outcome)
  }

  func train(_ options: TrainingOptions, output: String, id: Int) throws -> EvaluatorReply {
    guard (1...10_000).contains(options.epochs), (1...data.training.count).contains(options.batchSize),
      options.learningRate > 0, options.learningRate.isFinite, options.weightDecay >= 0,
      (0..<1).contains(options.labelSmoothing)
    else {
      throw EvaluatorFailure(
        .illegal,
        "training needs 1 to 10000 epochs, a batch of 1 to \(data.training.count), a learning rate above 0, "
          + "a weight decay of at least 0 and a label smoothing in 0..<1"
      )
    }
    guard objective == .labels else {
      throw EvaluatorFailure(
        .illegal, "training from scratch needs labels, and --objective \(objective.rawValue) has none")
    }
    let graph = try network.graph(inputSize: inputSize)
    try requireImages(of: graph)
    try requireClasses(of: graph)
    let trained = try Trainer(options: options, data: data).train(graph) { progress in
      send(.progress(id: id, progress))
    }
    try ONNX.write(trained, to: output)
    return .done(id: id)
  }
}
