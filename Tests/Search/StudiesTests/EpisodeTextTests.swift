import Core
import Evaluation
import Foundation
import PrecisionSearch
import RandomNumbers
import Studies
import Testing

/// The reader of episodes, against the decoder that it stands in for.
struct EpisodeTextTests {
  private static func episodes() -> [Episode] {
    var source = RandomSource(seed: 3)
    func number() -> Double {
      let value = source.uniform()
      return [value, value * 1e-9, -value * 1e17, 0, 1, (value * 100).rounded()][Int(source.uniform() * 5.99)]
    }
    func figures() -> EvaluationResult.Figures {
      var figures = EvaluationResult.Figures(
        accuracy: source.uniform(), loss: abs(number()), samples: Int(source.uniform() * 1e4),
        divergence: source.uniform() < 0.5 ? nil : abs(number()))
      if source.uniform() < 0.3 { figures.top5Accuracy = 1 }
      if source.uniform() < 0.3 { figures.latency = source.uniform() }
      return figures
    }
    func result(_ index: Int) -> EvaluationResult {
      switch index % 5 {
      case 3: .stopped(figures())
      case 4:
        .failed(
          "exit status 9 (3 times), naïve: {\"a\"}\\ \u{1B}".replacing("\"", with: index % 2 == 0 ? "" : "\"")
        )
      default: .measured(figures())
      }
    }
    let origins: [Episode.Origin] = [
      .given, .random, .agent(sigma: 0.5), .integerProgram, .varied(sigma: 0.25), .greedy,
      .bred(generation: 3),
    ]
    return (0..<300).map { index in
      let policy = Policy(
        (0..<(index % 30)).map { _ in
          Precision(
            weight: BitWidth(1 + Int(source.uniform() * 31.9)) ?? .eight,
            activation: BitWidth(1 + Int(source.uniform() * 31.9)) ?? .eight)
        })
      return Episode(
        index: index, origin: origins[index % 7],
        measured: MeasuredPolicy(
          policy: policy, cost: number(), result: result(index),
          discardedFineTuning: index % 11 == 0 ? result(index + 1) : nil),
        reward: number(), isRepeated: index % 3 == 0, isBest: index % 4 == 0)
    }
  }

  /// As a study has it.
  private static func text(_ episode: Episode, _ more: JSONEncoder.OutputFormatting = []) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = more.union([.sortedKeys, .withoutEscapingSlashes])
    return String(decoding: try encoder.encode(episode), as: UTF8.self)
  }

  @Test("what a study writes is read as a JSON decoder reads it; only escapes are left to the decoder")
  func twin() throws {
    var left = 0
    for episode in Self.episodes() {
      let text = try Self.text(episode)
      guard let read = EpisodeText.episode(text) else {
        #expect(text.contains("\\"), "\(text)")
        left += 1
        continue
      }
      #expect(read == (try JSONDecoder().decode(Episode.self, from: Data(text.utf8))), "\(text)")
    }
    #expect((1...100).contains(left))
  }

  @Test("of every other text, the reader says the same as a JSON decoder, or nothing")
  func others() throws {
    let text = try Self.text(Self.episodes()[13])
    var source = RandomSource(seed: 5)
    let pieces = [
      "", "{", "}", "[", "]", ",", ":", "\"", "0", "-", "1e999", "1e-999", "-0", "01", ".5", "1.", "1.5",
      "+1", " ", "null",
      "true", "33", "9223372036854775808", "\"sigma\":0.5", "\"accuracy\":2", "\"cost\":1,", "é", "\\n",
      "nan",
    ]
    for _ in 0..<3000 {
      var bytes = Array(text.utf8)
      let place = Int(source.uniform() * (Double(bytes.count) - 0.01))
      let end = min(bytes.count, place + Int(source.uniform() * 6))
      bytes.replaceSubrange(
        place..<end, with: Array(pieces[Int(source.uniform() * (Double(pieces.count) - 0.01))].utf8))
      let changed = String(decoding: bytes, as: UTF8.self)
      guard let read = EpisodeText.episode(changed) else { continue }
      #expect(read == (try? JSONDecoder().decode(Episode.self, from: Data(changed.utf8))), "\(changed)")
    }
  }
}
