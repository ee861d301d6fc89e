import ArgumentParser
import Evaluation
import EvaluatorArguments
import Testing

@Suite("Options about fine-tuning")
struct FineTuningArgumentsTests {
  @Test("ranges are calibrated unless one way to learn them is chosen")
  func ranges() throws {
    func clips(_ words: String...) throws -> ActivationClips? {
      try LearnedRangesOption.parse(words).clips
    }
    #expect(try clips() == nil)
    #expect(try clips("--pact") == .learned)
    #expect(try clips("--lsq") == .steps)
    #expect(throws: (any Error).self) { try clips("--pact", "--lsq") }
  }

  @Test("what is learned, and a loss, need samples to be trained on")
  func samples() throws {
    let lsq = try LearnedRangesOption.parse(["--lsq"])
    let loss = try LossOption.parse(["--loss", "distillation"])
    #expect(throws: ValidationError.self) { try lsq.require(samples: 0) }
    #expect(throws: ValidationError.self) { try loss.require(samples: 0) }
    try lsq.require(samples: 1)
    try loss.require(samples: 1)
    try LearnedRangesOption.parse([]).require(samples: 0)
    try LossOption.parse([]).require(samples: 0)
    #expect(loss.loss.asked == .distillation)
    #expect(try LossOption.parse(["--loss", "labels"]).loss.asked == nil)
  }
}
