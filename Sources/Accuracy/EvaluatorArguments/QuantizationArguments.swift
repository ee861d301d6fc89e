public import ArgumentParser
public import Core
public import Networks
public import Quantization

/// How values are quantized; `haq` passes these options to its evaluator.
public struct QuantizationArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Quantizer of weights: linear (evenly spaced values), or kmeans (indices into a codebook for each layer, with "
        + "activations in 32-bit floating point).", valueName: "quantizer"))
  public var quantizer = WeightQuantizer.linear

  @Option(
    name: .customLong("weight-scales"),
    help: ArgumentHelp(
      "Scales of weights: one for each output channel, or one for the tensor. (default: those of the policy, else channel)",
      valueName: "scales"))
  var givenWeightScales: WeightGranularity?

  public var weightScales: WeightGranularity { givenWeightScales ?? .perChannel }

  @Option(
    help: ArgumentHelp(
      "Which arithmetic is measured: policy (weights and layer inputs rounded, all else in floats) or runtime (the network "
        + "that `haq export --as qdq` writes, with integer sums rounded as onnxruntime rounds them).",
      valueName: "semantics"))
  public var semantics = Semantics.policy

  @Option(
    help: ArgumentHelp(
      "Quantizers in the network's file: keep them, and refuse policies, or remove them.", valueName: "action"
    )
  )
  public var fileQuantizers = FileQuantizers.keep

  @Option(
    name: .customLong("clipping"),
    help: ArgumentHelp(
      """
      Rule for the clipping range: kl (least divergence, as in HAQ), mse (least squared error), percentile or \
      percentile:P (the P-th percentile of the nonzero magnitudes, P above 0 and at most 100), or max (no clipping). \
      (default: the policy's rule, else kl, or mse with --ptq)
      """, valueName: "rule"), transform: rule)
  var givenClipping: ClippingRule?

  public var clipping: ClippingRule { givenClipping ?? (ptq == .none ? .kullbackLeibler : .meanSquaredError) }

  @Option(
    help: ArgumentHelp(
      "Rule for weights only, as for --clipping. (default: the policy's rule, else --clipping)",
      valueName: "rule"),
    transform: rule)
  public var weightClipping: ClippingRule?

  @Option(
    name: .customLong("activation-range"),
    help: ArgumentHelp(
      "Range of integer activations of both signs: symmetric around 0, or asymmetric, with a zero point. (default: the "
        + "policy's, else symmetric)", valueName: "range"))
  var givenActivationRange: ActivationRange?

  public var activationRange: ActivationRange { givenActivationRange ?? .symmetric }

  /// How the quantizers of activations are chosen.
  public var activationRule: ActivationRule { ActivationRule(clipping: clipping, range: activationRange) }

  @Option(
    name: .customLong("ptq"),
    help: ArgumentHelp(
      """
      Corrections of the network without training or labels: none, fast (channel-clips,bias-correction), best \
      (learned-rounding as well), or steps with commas between them: these, equalization, bias-absorption and migration; docs/ptq.md. (default: the policy's, else none)
      """, valueName: "recipe"), transform: recipe)
  var givenPTQ: PostTrainingRecipe?

  /// What is done to the network beside rounding it.
  public var ptq: PostTrainingRecipe { givenPTQ ?? .none }

  @Option(
    help: ArgumentHelp(
      "Initial centroids of a codebook: linear (evenly spaced over the range) or k-means++ (random).",
      valueName: "start")
  )
  public var codebookStart = KMeansClustering.Start.linear

  @Option(help: ArgumentHelp("Seed of --codebook-start k-means++.", valueName: "n"))
  public var codebookSeed: UInt64 = 1

  @Flag(
    help: ArgumentHelp(
      "Run every layer in every measurement, even if an earlier result could be reused; for benchmarks.",
      visibility: .hidden))
  public var runEverything = false

  /// Whether layers before the first one whose precision changed are taken from the measurement before.
  public var reusesPrefixes: Bool { !runEverything }

  public init() {}

  /// Takes what the command line leaves open from elsewhere; codebooks have no clips.
  public mutating func adopt(
    weightScales: WeightGranularity, clipping: ClippingRule, weightClipping: ClippingRule,
    recipe: PostTrainingRecipe = .none, activationRange: ActivationRange = .symmetric
  ) {
    guard quantizer == .linear else { return }
    givenPTQ = givenPTQ ?? recipe
    givenActivationRange = givenActivationRange ?? activationRange
    givenWeightScales = givenWeightScales ?? weightScales
    // The clips of weights follow those that the command line gives.
    guard givenClipping == nil else { return }
    givenClipping = clipping
    self.weightClipping = self.weightClipping ?? weightClipping
  }

  private static func rule(_ text: String) throws -> ClippingRule {
    guard let rule = ClippingRule(text) else {
      throw ValidationError(
        "\"\(text)\" is not a clipping rule; write kl, mse, percentile, percentile:P with P above 0 and at most 100, or max."
      )
    }
    return rule
  }

  private static func recipe(_ text: String) throws -> PostTrainingRecipe {
    guard let recipe = PostTrainingRecipe(text) else {
      throw ValidationError(
        "\"\(text)\" is not a recipe; write \(PostTrainingRecipe.words.joined(separator: ", ")), or several steps with "
          + "commas between them.")
    }
    return recipe
  }

  public mutating func validate() throws {
    let (clippings, codebooks) = (clippingWords, codebookWords)
    switch quantizer {
    case .linear where !codebooks.isEmpty:
      throw ValidationError("\(codebooks[0]) works with --quantizer kmeans only.")
    case .kMeans where semantics == .runtime:
      throw ValidationError(
        "--semantics runtime works with --quantizer linear only; runtimes have no codebooks.")
    case .kMeans where givenActivationRange != nil:
      throw ValidationError(
        "--activation-range works with --quantizer linear only; with codebooks, activations stay floats.")
    case .kMeans where !clippings.isEmpty:
      throw ValidationError("\(clippings[0]) works with --quantizer linear only; a codebook is not clipped.")
    default: break
    }
  }

  /// The same options as words of a command line; of those that came later, what is not the default.
  public var commandLine: [String] {
    let quantizer = quantizer == .linear ? [] : ["--quantizer", quantizer.rawValue]
    let file = fileQuantizers == .keep ? [] : ["--file-quantizers", fileQuantizers.rawValue]
    let arithmetic = semantics == .policy ? [] : ["--semantics", semantics.rawValue]
    let range = activationRange == .symmetric ? [] : ["--activation-range", activationRange.rawValue]
    return quantizer + ["--weight-scales", weightScales.rawValue] + clippingWords + range + codebookWords
      + file + arithmetic
  }

  private var clippingWords: [String] {
    // Without a given rule, the recipe brings its own there as here.
    let isStandard = givenClipping == nil || (clipping == .kullbackLeibler && ptq == .none)
    return (ptq == .none ? [] : ["--ptq", "\(ptq)"]) + (isStandard ? [] : ["--clipping", "\(clipping)"])
      + (weightClipping.map { ["--weight-clipping", "\($0)"] } ?? [])
  }

  private var codebookWords: [String] {
    (codebookStart == .linear ? [] : ["--codebook-start", codebookStart.rawValue])
      + (codebookSeed == 1 ? [] : ["--codebook-seed", "\(codebookSeed)"])
  }
}

extension WeightGranularity: ExpressibleByArgument {}
extension ActivationRange: ExpressibleByArgument {}
extension WeightQuantizer: ExpressibleByArgument {}
extension KMeansClustering.Start: ExpressibleByArgument {}

/// The arithmetic of a measurement.
public enum Semantics: String, ExpressibleByArgument, CaseIterable, Sendable {
  /// Weights and inputs of layers are rounded as the policy says, and everything else is computed in floats.
  case policy
  /// What `haq export --as qdq` writes: values between layers are rounded, too, and sums are integers.
  case runtime
}

/// What becomes of the quantizers that a network's file has itself.
public enum FileQuantizers: String, ExpressibleByArgument, CaseIterable, Sendable {
  /// They are measured as they are; a policy, which would quantize twice, is refused.
  case keep
  /// Values stay floats until a policy quantizes them; weights keep the numbers of the file.
  case remove

  /// The graph with or without them.
  public func applied(to graph: Graph) -> Graph { self == .keep ? graph : graph.withoutQuantizers() }
}
