public import Core

/// The protocol between `haq` and an evaluator: one JSON object a line, over standard input and output.
///
/// `docs/evaluator.md` is normative; these types are its Swift form.
public enum EvaluatorProtocol {
  /// Sent by both sides in `describe`; equal majors understand each other.
  public static let version = "haq.evaluator/1.5"

  /// Whether a version is of this protocol and of the same major number.
  public static func isCompatible(with version: String) -> Bool {
    guard let theirs = version.wholeMatch(of: /haq\.evaluator\/(\d+)\.\d+/),
      let ours = self.version.wholeMatch(of: /haq\.evaluator\/(\d+)\.\d+/)
    else { return false }
    return theirs.1 == ours.1
  }

  /// The minor number of a version of this protocol; 0 of anything else.
  static func minor(of version: String) -> Int {
    version.wholeMatch(of: /haq\.evaluator\/\d+\.(\d+)/).flatMap { Int($0.1) } ?? 0
  }
}

/// A question, with a number that its answer repeats.
public struct EvaluatorRequest: Hashable, Sendable {
  public var id: Int
  public var method: Method

  /// What can be asked.
  public enum Method: Hashable, Sendable {
    /// What the evaluator holds; always the first request.
    case describe(protocolVersion: String)
    case evaluate(WireEvaluation)
    /// Trains from scratch, reporting each epoch, and writes an ONNX file.
    case train(TrainingOptions, output: String)
    /// Trains the quantized network for whole epochs, reporting each, with a checkpoint after each. Since 1.2.
    case fineTune(FineTuningJob, policy: [WireEvaluation.LayerBits])
    /// Hands out the quantized network: quantizers in the reply, weights in a file. Since 1.2.
    case quantize(QuantizationRequest)
    case quit
  }

  public init(id: Int, method: Method) {
    self.id = id
    self.method = method
  }
}

/// An `EvaluationRequest` whose policy names its layers.
public struct WireEvaluation: Hashable, Sendable {
  public var policy: [LayerBits]?
  public var fineTuning: FineTuning?
  public var split: Split
  public var samples: Int?
  /// Since 1.2.
  public var stopBelow: Bar?
  /// Since 1.2; in the order of their names.
  public var extras: [EvaluationRequest.Extra]?
  /// Since 1.4.
  public var narrowings: [WireNarrowing]?

  /// The formats of one layer: bits of integers and 32-bit floats, names of others.
  public struct LayerBits: Hashable, Sendable {
    public var layer: String
    public var precision: Precision

    public init(layer: String, precision: Precision) {
      (self.layer, self.precision) = (layer, precision)
    }
  }

  /// An `AccuracyBar` as it was sent, whose numbers may be any.
  public struct Bar: Hashable, Sendable, Codable {
    public var accuracy: Double
    public var errorRate: Double

    private enum CodingKeys: String, CodingKey {
      case accuracy
      case errorRate = "error_rate"
    }
  }

  /// - Precondition: the policy has as many layers as there are names.
  public init(_ request: EvaluationRequest, layers: [String]) {
    precondition(request.policy.map { $0.precisions.count == layers.count } ?? true)
    policy = request.policy.map { policy in zip(layers, policy.precisions).map(LayerBits.init) }
    fineTuning = request.fineTuning
    split = request.split
    samples = request.samples
    stopBelow = request.bar.map { Bar(accuracy: $0.accuracy, errorRate: $0.errorRate) }
    extras = request.extras.map { $0.sorted { $0.rawValue < $1.rawValue } }
    narrowings = request.narrowings.map { $0.map { WireNarrowing($0, layers: layers) } }
  }
}

/// What an evaluator holds.
public struct EvaluatorDescription: Hashable, Sendable, Codable {
  public var `protocol`: String
  /// Name and version of the program.
  public var program: String
  public var network: String
  /// The quantizable layers, in the order of policies.
  public var layers: [String]
  public var data: String
  /// Samples in each split.
  public var trainingSamples: Int
  public var validationSamples: Int
  public var testSamples: Int
  /// Outputs, inputs of a group, kernel height and width of every layer's weights; absent before 1.2.
  ///
  /// They tell that two programs mean the same layers when they call them by other names.
  public var weightShapes: [[Int]]?
  /// The function at the network's end, such as softmax, before which it measures; absent where there is none, and before 1.3.
  public var finalActivation: String?
  /// Sentences for the person who measures, such as which files were left out; absent before 1.3, and when there are none.
  public var notes: [String]?
  /// The widths of weights and of activations that it can measure; absent where it does not state them, and before 1.3.
  public var weightBits: [BitWidth]?
  public var activationBits: [BitWidth]?
  /// The same by names of formats, integers and 32-bit floats among them; absent where it states none, and before 1.3.
  public var weightFormats: [FormatName]?
  public var activationFormats: [FormatName]?

  /// A format by its name, as messages have it.
  public struct FormatName: Hashable, Sendable {
    /// Nil for a format of a later version.
    public let format: BitWidth?
    public let name: String

    public init(_ format: BitWidth) { (self.format, name) = (format, format.formatName) }
  }
  /// What it calls accuracy, such as agreement; absent for top-1 accuracy, and before 1.3.
  public var metric: String?

  private enum CodingKeys: String, CodingKey {
    case `protocol`
    case program
    case network
    case layers
    case data
    case trainingSamples = "training_samples"
    case validationSamples = "validation_samples"
    case testSamples = "test_samples"
    case weightShapes = "weight_shapes"
    case finalActivation = "final_activation"
    case notes
    case weightBits = "weight_bits"
    case activationBits = "activation_bits"
    case weightFormats = "weight_formats"
    case activationFormats = "activation_formats"
    case metric
  }

  /// The minor version that the evaluator speaks.
  var minor: Int { EvaluatorProtocol.minor(of: self.protocol) }

  public init(
    program: String, network: String, layers: [String], data: String, trainingSamples: Int,
    validationSamples: Int, testSamples: Int, weightShapes: [[Int]]? = nil, finalActivation: String? = nil,
    notes: [String] = [], widths: MeasurableWidths? = nil, formats: MeasurableWidths? = nil,
    metric: String? = nil
  ) {
    self.protocol = EvaluatorProtocol.version
    self.program = program
    self.network = network
    self.layers = layers
    self.data = data
    self.trainingSamples = trainingSamples
    self.validationSamples = validationSamples
    self.testSamples = testSamples
    self.weightShapes = weightShapes
    self.finalActivation = finalActivation
    self.notes = notes.isEmpty ? nil : notes
    weightBits = widths?.weights
    activationBits = widths?.activations
    weightFormats = formats?.weights.map(FormatName.init)
    activationFormats = formats?.activations.map(FormatName.init)
    self.metric = metric
  }
}

/// A line from the evaluator.
///
/// Indirect, because Swift 6.3's optimiser loses payloads of this size when they are taken out directly.
public indirect enum EvaluatorReply: Hashable, Sendable {
  case description(id: Int, EvaluatorDescription)
  case evaluation(id: Int, EvaluationResult)
  /// One epoch of a training run in progress.
  case progress(id: Int, TrainingProgress)
  /// With how a fine-tuning ended; nothing of a training from scratch.
  case done(id: Int, FineTuningOutcome = .init())
  case encodings(id: Int, NetworkEncoding)
  /// The request failed; the evaluator continues. The number is absent when the line had none.
  case failure(id: Int?, EvaluatorFailure)
}

/// Why a request failed.
public struct EvaluatorFailure: Error, Hashable, Sendable, Codable, CustomStringConvertible {
  public var code: Code
  public var message: String

  /// The kinds of failure that a program can tell apart.
  public enum Code: String, Hashable, Sendable, Codable {
    /// The line is not a request of this protocol.
    case malformed
    /// A request in a major version that this evaluator does not speak.
    case incompatible
    /// The policy, split or options cannot be carried out.
    case illegal
    /// Something broke while working.
    case failed
  }

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { message }
}
