/// A figure that cannot be, such as an accuracy of 92.5.
public struct ImpossibleFigure: Error, Hashable, Sendable, CustomStringConvertible {
  /// By the key of messages and files, such as `accuracy`.
  public var figure: String
  public var value: String
  /// What it may be, such as `0 to 1, a share of the samples`.
  public var allowed: String

  public init(_ figure: String, _ value: some CustomStringConvertible, allowed: String) {
    self.figure = figure
    self.value = value.description
    self.allowed = allowed
  }

  public var description: String { "\(figure) is \(value); it must be \(allowed)" }
}

extension EvaluationResult.Figures {
  /// The most samples that a split may have; sums of so many in one search do not overflow.
  public static let mostSamples = 1_000_000_000_000

  /// Divergences are differences of logarithms: rounding may make a sum that is zero this much less, in nats.
  static let divergenceRounding = 1e-6

  /// Throws for a figure that no measurement can give, be it of an evaluator, a study or another file.
  public func requirePossible() throws(ImpossibleFigure) {
    try Self.require(share: accuracy, "accuracy")
    try Self.require(notNegative: loss, "loss", "in nats")
    guard (1...Self.mostSamples).contains(samples) else {
      throw ImpossibleFigure("samples", samples, allowed: "1 to \(Self.mostSamples)")
    }
    if let divergence {
      try Self.require(
        notNegative: divergence > -Self.divergenceRounding ? max(divergence, 0) : divergence, "divergence",
        "in nats")
    }
    if let top5Accuracy { try Self.require(share: top5Accuracy, "top5_accuracy") }
    if let latency { try Self.require(notNegative: latency, "latency_s", "in seconds") }
  }

  /// Throws for estimates of other narrowings than so many; nil where none were asked for.
  func requireEstimates(of asked: Int?) throws(ImpossibleFigure) {
    guard let estimates = estimatedIncreases else { return }
    guard let asked else {
      throw ImpossibleFigure(
        "estimated_increases", "\(estimates.count) numbers",
        allowed: "absent, since no narrowings were asked for")
    }
    guard estimates.count == asked else {
      throw ImpossibleFigure(
        "estimated_increases", "\(estimates.count) numbers", allowed: "\(asked), one for each narrowing")
    }
    for estimate in estimates where !estimate.isFinite {
      throw ImpossibleFigure("estimated_increases", estimate, allowed: "finite numbers, in nats")
    }
  }

  private static func require(share value: Double, _ figure: String) throws(ImpossibleFigure) {
    guard (0...1).contains(value) else {
      throw ImpossibleFigure(figure, value, allowed: "0 to 1, a share of the samples (92.5 % is 0.925)")
    }
  }

  private static func require(
    notNegative value: Double, _ figure: String, _ unit: String
  ) throws(ImpossibleFigure) {
    guard value >= 0, value.isFinite else {
      throw ImpossibleFigure(figure, value, allowed: "a finite number of at least 0, \(unit)")
    }
  }
}

extension EvaluationResult {
  /// Throws for a result that is no answer to `question`, of an evaluator that holds what `description` says.
  func requireAnswer(
    to question: WireEvaluation, by description: EvaluatorDescription
  ) throws(ImpossibleFigure) {
    let asked = question.samples ?? description.samples(of: question.split)
    try figures?.requireEstimates(of: question.narrowings?.count)
    switch self {
    case .measured(let figures):
      try figures.requirePossible()
      guard figures.samples == asked else {
        throw ImpossibleFigure("samples", figures.samples, allowed: "\(asked), as many as were asked for")
      }
    case .stopped(let figures):
      try figures.requirePossible()
      guard question.stopBelow != nil else {
        throw ImpossibleFigure("below_bar", true, allowed: "absent, since no stop_below was asked for")
      }
      guard figures.samples <= asked else {
        throw ImpossibleFigure(
          "samples", figures.samples, allowed: "at most \(asked), as many as were asked for")
      }
    case .failed(let reason):
      // What files of haq say; an evaluator answers with an `error`.
      throw ImpossibleFigure("failure", "\"\(reason)\"", allowed: "absent; an error is the reply `error`")
    }
  }
}

extension EvaluationResult {
  /// The same, with a divergence that only rounding made negative as the zero that it stands for.
  var withoutRounding: EvaluationResult {
    mapFigures { figures in figures.divergence = figures.divergence.map { max(0, $0) } }
  }
}

extension TrainingProgress {
  /// Throws for progress of other epochs than the `asked` ones, or with figures that cannot be.
  func requireProgress(ofEpochs asked: Int, by description: EvaluatorDescription) throws(ImpossibleFigure) {
    guard epochs == asked else {
      throw ImpossibleFigure("epochs", epochs, allowed: "\(asked), as many as were asked for")
    }
    guard (1...max(1, asked)).contains(epoch) else {
      throw ImpossibleFigure("epoch", epoch, allowed: "1 to \(asked)")
    }
    guard trainingLoss >= 0, trainingLoss.isFinite else {
      throw ImpossibleFigure(
        "training_loss", trainingLoss, allowed: "a finite number of at least 0, in nats")
    }
    try validation.requirePossible()
    guard validation.samples == description.validationSamples else {
      throw ImpossibleFigure(
        "samples", validation.samples,
        allowed: "\(description.validationSamples), the whole validation split")
    }
  }
}

extension EvaluatorDescription {
  func samples(of split: Split) -> Int {
    switch split {
    case .validation: validationSamples
    case .test: testSamples
    }
  }

  /// Throws for a description of what cannot be searched: splits without samples, no layers, shapes of other layers.
  func requirePossible() throws(ImpossibleFigure) {
    let most = EvaluationResult.Figures.mostSamples
    for (figure, count) in [("validation_samples", validationSamples), ("test_samples", testSamples)]
    where !(1...most).contains(count) {
      throw ImpossibleFigure(figure, count, allowed: "1 to \(most)")
    }
    // An evaluator that only measures has nothing to train on.
    guard (0...most).contains(trainingSamples) else {
      throw ImpossibleFigure("training_samples", trainingSamples, allowed: "0 to \(most)")
    }
    guard !layers.isEmpty else {
      throw ImpossibleFigure("layers", "empty", allowed: "the names of the layers, in the order of policies")
    }
    if let weightShapes { try Self.require(weightShapes, layers.count) }
    for (figure, widths) in [("weight_bits", weightBits), ("activation_bits", activationBits)]
    where widths?.isEmpty == true {
      throw ImpossibleFigure(figure, "empty", allowed: "absent, or widths of 1 to 32 bits")
    }
    for (figure, names) in [("weight_formats", weightFormats), ("activation_formats", activationFormats)]
    where names?.isEmpty == true {
      throw ImpossibleFigure(figure, "empty", allowed: "absent, or names of formats")
    }
  }

  private static func require(_ shapes: [[Int]], _ layerCount: Int) throws(ImpossibleFigure) {
    guard shapes.count == layerCount else {
      throw ImpossibleFigure(
        "weight_shapes", "\(shapes.count) shapes", allowed: "\(layerCount), one for each layer")
    }
    for shape in shapes where shape.isEmpty || !shape.allSatisfy({ $0 >= 1 }) {
      throw ImpossibleFigure("weight_shapes", shape, allowed: "numbers of at least 1 for each layer")
    }
  }
}

extension FineTuningOutcome {
  /// Throws for an outcome that no fine-tuning as asked for can have; of other requests it says nothing.
  func requireAnswer(to method: EvaluatorRequest.Method) throws(ImpossibleFigure) {
    guard case .fineTune(let job, _) = method else { return }
    let epochs = "0 to \(job.epochs), 0 for the network before the first epoch"
    if job.keep == .best, keptEpoch == nil {
      throw ImpossibleFigure("kept_epoch", "absent", allowed: "\(epochs), since the best was asked for")
    }
    if let keptEpoch, !(0...job.epochs).contains(keptEpoch) {
      throw ImpossibleFigure("kept_epoch", keptEpoch, allowed: epochs)
    }
    if let learningRate, !(learningRate > 0 && learningRate <= job.learningRate) {
      throw ImpossibleFigure(
        "learning_rate", learningRate, allowed: "above 0 and at most \(job.learningRate), as was asked for")
    }
  }
}
