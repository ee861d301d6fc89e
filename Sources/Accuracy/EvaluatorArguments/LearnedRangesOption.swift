public import ArgumentParser
public import Evaluation

/// `--pact` and `--lsq`: the ranges of quantizers that fine-tuning learns with the weights.
public struct LearnedRangesOption: ParsableArguments {
  @Flag(
    help: """
      Learn the clipping range of activations with the weights (PACT, Choi et al., 2018). haq finetune writes it as a Clip \
      operator before each layer; the report of haq search then includes PACT at uniform 4, 5, 6 and 8 bit.
      """)
  public var pact = false

  @Flag(
    help: "Learn the step sizes of weights and activations with the weights (LSQ, Esser et al., 2020).")
  public var lsq = false

  public init() {}

  public func validate() throws {
    guard !pact || !lsq else {
      throw ValidationError("--pact and --lsq exclude each other; give one of them.")
    }
  }

  /// Nil for calibrated ones.
  public var clips: ActivationClips? { lsq ? .steps : pact ? .learned : nil }

  /// The option that is given.
  public var name: String? { lsq ? "--lsq" : pact ? "--pact" : nil }

  /// Throws where ranges are to be learned and nothing is trained.
  ///
  /// - Parameter samples: That `--finetune-samples` gives.
  public func require(samples: Int) throws {
    guard let name, samples < 1 else { return }
    throw ValidationError("\(name) needs --finetune-samples above 0.")
  }
}
