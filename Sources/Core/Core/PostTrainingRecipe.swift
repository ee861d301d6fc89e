/// What is done to a trained network, without labels and without training, so that few bits cost less accuracy.
///
/// `docs/ptq.md` says what each step does.
public struct PostTrainingRecipe: Hashable, Sendable {
  /// One step, named as on the command line and in documents; steps are carried out in the order of the cases.
  public enum Step: String, Hashable, Sendable, Codable, CaseIterable {
    /// Channels between two layers scaled so that the weights of both have the same range there.
    ///
    /// Source: Nagel et al., "Data-free quantization through weight equalization and bias correction", 2019,
    /// arXiv:1906.04721, section 4.1.
    case equalization
    /// What channels never fall below, moved into the bias of the next layer.
    ///
    /// Source: Nagel et al., 2019, as above, section 4.1.3.
    case biasAbsorption = "bias-absorption"
    /// Channels behind a layer normalization scaled so that activations and weights have the same range there.
    ///
    /// Source: Xiao et al., "SmoothQuant", 2023, arXiv:2211.10438.
    case migration
    /// A clip of its own for the weights of each output channel, of the least squared error.
    case channelClips = "channel-clips"
    /// Up or down for each weight, so that the layer's outputs change least.
    ///
    /// Source: Nagel et al., "Up or down? Adaptive rounding for post-training quantization", 2020, arXiv:2004.10568.
    case learnedRounding = "learned-rounding"
    /// Biases that take back the mean error of each output channel.
    ///
    /// Source: Nagel et al., 2019, as above, section 4.2, from data as in its appendix D.
    case biasCorrection = "bias-correction"

    /// Whether it makes another network of the same function, whose weights and activations have other ranges.
    public var rewritesNetwork: Bool {
      switch self {
      case .equalization, .biasAbsorption, .migration: true
      case .channelClips, .learnedRounding, .biasCorrection: false
      }
    }
  }

  /// In the order in which they are carried out, each once.
  public let steps: [Step]

  /// Rounding to nearest alone.
  public static let none = PostTrainingRecipe([])
  /// What takes one pass over a few images.
  public static let fast = PostTrainingRecipe([.channelClips, .biasCorrection])
  /// All steps.
  public static let best = PostTrainingRecipe([.channelClips, .learnedRounding, .biasCorrection])

  public init(_ steps: Set<Step>) { self.steps = Step.allCases.filter(steps.contains) }

  /// Reads `none`, `fast`, `best`, or steps such as `channel-clips,bias-correction`; nil when the text is none of them.
  public init?(_ text: String) {
    if let named = Self.named.first(where: { $0.name == text }) {
      self = named.recipe
      return
    }
    let words = text.split(separator: ",", omittingEmptySubsequences: false)
    let steps = words.compactMap { Step(rawValue: String($0)) }
    guard steps.count == words.count, Set(steps).count == steps.count else { return nil }
    self.init(Set(steps))
  }

  /// The names of recipes, and of steps.
  public static let words = named.map(\.name) + Step.allCases.map(\.rawValue)

  private static let named: [(name: String, recipe: PostTrainingRecipe)] = [
    ("none", .none), ("fast", .fast), ("best", .best),
  ]
}

extension PostTrainingRecipe: CustomStringConvertible {
  /// The steps, separated by commas; `none` without any. Reading it gives the recipe again.
  public var description: String { steps.isEmpty ? "none" : steps.map(\.rawValue).joined(separator: ",") }
}
