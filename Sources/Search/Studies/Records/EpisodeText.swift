import Core
import Evaluation
package import PrecisionSearch

/// Reads episodes as this program writes them, many times faster than a decoder of any JSON.
///
/// Whatever else a text may be, it gives up, and `JSONDecoder` reads the text or says what is wrong with it. So it decides
/// how fast a study is read, and nothing else.
package struct EpisodeText {
  /// Nil for what this reader does not know.
  package static func episode(_ text: String) -> Episode? {
    var reader = EpisodeText(TextScanner(text))
    guard let episode = try? reader.episode(), reader.scanner.isAtEnd else { return nil }
    return episode
  }

  private var scanner: TextScanner

  private init(_ scanner: TextScanner) { self.scanner = scanner }

  private mutating func episode() throws(TextScanner.Unknown) -> Episode {
    var (index, origin, measured): (Int?, Episode.Origin?, MeasuredPolicy?)
    var (reward, isRepeated, isBest): (Double?, Bool?, Bool?)
    try scanner.open()
    while let key = try scanner.key() {
      switch key {
      case "index": index = try scanner.integer(unless: index)
      case "origin" where origin == nil: origin = try self.origin()
      case "measured" where measured == nil: measured = try measuredPolicy()
      case "reward": reward = try scanner.real(unless: reward)
      case "isRepeated": isRepeated = try scanner.truth(unless: isRepeated)
      case "isBest": isBest = try scanner.truth(unless: isBest)
      default: throw .init()
      }
    }
    guard let index, let origin, let measured, let reward, let isRepeated, let isBest else { throw .init() }
    return Episode(
      index: index, origin: origin, measured: measured, reward: reward, isRepeated: isRepeated, isBest: isBest
    )
  }

  private mutating func origin() throws(TextScanner.Unknown) -> Episode.Origin {
    try scanner.open()
    guard let name = try scanner.key() else { throw .init() }
    var (sigma, generation): (Double?, Int?)
    try scanner.open()
    while let key = try scanner.key() {
      switch key {
      case "sigma": sigma = try scanner.real(unless: sigma)
      case "generation": generation = try scanner.integer(unless: generation)
      default: throw .init()
      }
    }
    guard try scanner.key() == nil else { throw .init() }
    switch (name, sigma, generation) {
    case ("given", nil, nil): return .given
    case ("random", nil, nil): return .random
    case ("integerProgram", nil, nil): return .integerProgram
    case ("greedy", nil, nil): return .greedy
    case ("agent", let sigma?, nil): return .agent(sigma: sigma)
    case ("varied", let sigma?, nil): return .varied(sigma: sigma)
    case ("bred", nil, let generation?): return .bred(generation: generation)
    default: throw .init()
    }
  }

  private mutating func measuredPolicy() throws(TextScanner.Unknown) -> MeasuredPolicy {
    var (policy, cost): (Policy?, Double?)
    var (result, discarded): (EvaluationResult?, EvaluationResult?)
    try scanner.open()
    while let key = try scanner.key() {
      switch key {
      case "policy" where policy == nil: policy = try self.policy()
      case "cost": cost = try scanner.real(unless: cost)
      case "result" where result == nil: result = try self.result()
      case "discardedFineTuning" where discarded == nil: discarded = try self.result()
      default: throw .init()
      }
    }
    guard let policy, let cost, let result else { throw .init() }
    return MeasuredPolicy(policy: policy, cost: cost, result: result, discardedFineTuning: discarded)
  }

  private mutating func policy() throws(TextScanner.Unknown) -> Policy {
    var precisions: [Precision] = []
    try scanner.skip(#"{"precisions":["#)
    if scanner.takes("]") {
      try scanner.skip("}")
      return Policy([])
    }
    repeat {
      try scanner.skip(#"{"activation":"#)
      let activation = BitWidth(try scanner.integer())
      try scanner.skip(#","weight":"#)
      let weight = BitWidth(try scanner.integer())
      try scanner.skip("}")
      guard let weight, let activation else { throw .init() }
      precisions.append(Precision(weight: weight, activation: activation))
    } while scanner.takes(",")
    try scanner.skip("]}")
    return Policy(precisions)
  }

  private mutating func result() throws(TextScanner.Unknown) -> EvaluationResult {
    var (accuracy, loss, samples): (Double?, Double?, Int?)
    var (divergence, top5Accuracy, latency): (Double?, Double?, Double?)
    var (isBelowBar, failure): (Bool?, String?)
    try scanner.open()
    while let key = try scanner.key() {
      switch key {
      case "accuracy": accuracy = try scanner.real(unless: accuracy)
      case "loss": loss = try scanner.real(unless: loss)
      case "samples": samples = try scanner.integer(unless: samples)
      case "divergence": divergence = try scanner.real(unless: divergence)
      case "top5_accuracy": top5Accuracy = try scanner.real(unless: top5Accuracy)
      case "latency_s": latency = try scanner.real(unless: latency)
      case "below_bar": isBelowBar = try scanner.truth(unless: isBelowBar)
      case "failure" where failure == nil: failure = try scanner.text()
      default: throw .init()
      }
    }
    guard let accuracy, let loss, let samples else { throw .init() }
    // Figures beside a failure mean nothing.
    if let failure { return .failed(failure) }
    var figures = EvaluationResult.Figures(
      accuracy: accuracy, loss: loss, samples: samples, divergence: divergence)
    figures.top5Accuracy = top5Accuracy
    figures.latency = latency
    guard (try? figures.requirePossible()) != nil else { throw .init() }
    return isBelowBar == true ? .stopped(figures) : .measured(figures)
  }
}
