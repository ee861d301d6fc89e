import Core
public import Evaluation
import Foundation
public import PrecisionSearch

/// One line of `episodes.jsonl`: a policy that a search proposed, and its evaluation.
///
/// Every line is a complete document, so that lines of several searches can be put together.
/// `docs/documents/episode.md` describes every key.
public struct EpisodeDocument: Document {
  public static let schema: SchemaName = "haq.episode/1.0"

  /// From 0.
  public var index: Int
  /// How the policy was chosen.
  public var origin: Origin
  /// The standard deviation of what was chosen around: actions of an agent, logarithms of sensitivities.
  public var sigma: Double?
  /// Of an evolution; the first is 0.
  public var generation: Int?
  /// Such as `W8A8 W4A6 W8A8`.
  public var policy: String
  /// Of what the search minimises, else of what its first limit is on; SI units.
  public var cost: Double
  public var validation: EvaluationResult
  public var reward: Double
  /// Whether the result is known from an earlier episode with the same policy.
  public var isRepeated: Bool
  /// Whether this is the best policy so far.
  public var isBest: Bool

  /// How a policy was chosen.
  public enum Origin: String, Hashable, Sendable, Codable {
    case given
    case random
    case agent
    case integerProgram = "integer_program"
    case varied
    case greedy
    case bred
  }

  private enum CodingKeys: String, CodingKey {
    case index, origin, sigma, generation, policy, cost, validation, reward
    case isRepeated = "is_repeated"
    case isBest = "is_best"
  }

  public init(_ episode: Episode) {
    index = episode.index
    policy = episode.measured.policy.text
    cost = episode.measured.cost
    validation = episode.measured.result
    reward = episode.reward
    isRepeated = episode.isRepeated
    isBest = episode.isBest
    switch episode.origin {
    case .given: origin = .given
    case .random: origin = .random
    case .agent(let sigma): (origin, self.sigma) = (.agent, sigma)
    case .integerProgram: origin = .integerProgram
    case .varied(let sigma): (origin, self.sigma) = (.varied, sigma)
    case .greedy: origin = .greedy
    case .bred(let generation): (origin, self.generation) = (.bred, generation)
    }
  }

  /// The document on one line, ended by a line feed.
  public var line: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(Stamped(self)), as: UTF8.self) + "\n"
    }
  }
}
