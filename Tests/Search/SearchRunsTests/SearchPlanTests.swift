import PrecisionSearch
import SearchRuns
import Testing

/// Settings that make no sense together are refused, by name.
struct SearchPlanTests {
  private func problem(_ change: (inout SearchSettings) -> Void) -> SearchPlanProblem? {
    var settings = SearchSettings()
    change(&settings)
    do {
      _ = try SearchPlan(settings)
      return nil
    } catch {
      return error
    }
  }

  @Test("the defaults are a plan")
  func defaults() { #expect(problem { _ in } == nil) }

  @Test("counts have a least value")
  func counts() {
    #expect(problem { $0.evaluations = 0 } == .tooSmall(.evaluations, least: 1, 0))
    #expect(problem { $0.population = 1 } == .tooSmall(.population, least: 2, 1))
    #expect(problem { $0.agent.warmUp = -1 } == .tooSmall(.warmUp, least: 0, -1))
    #expect(problem { $0.agent.sigmaDecay = 1.5 } == .notAShare(.sigmaDecay))
    #expect(problem { $0.training.rate = .infinity } == .notPositive(.finetuneRate))
  }

  @Test("what only some methods have is refused for others, in a sentence with the option's name")
  func methods() {
    #expect(
      problem { $0.agent.demonstratesUniform = true }
        == .otherMethod(.demonstrateUniform, needs: [.ddpg], .auto))
    #expect(
      problem {
        $0.method = .random
        $0.sensitivitySource = .estimated
      } == .otherMethod(.sensitivities, needs: [.auto, .ilp, .greedy], .random))
    #expect(problem { $0.sensitivitySource = .estimated } == nil)
    let early = problem {
      $0.method = .ilp
      $0.earlyStopping = 0
    }
    #expect(
      early?.text { "--\($0.rawValue)" }
        == "--early-stopping is for --method auto or random; ilp needs every accuracy itself.")
    #expect(
      problem {
        $0.method = .evolution
        $0.population = 8
      } == nil)
  }

  @Test("PACT needs some fine-tuning")
  func pact() {
    let untrained = problem {
      $0.training.learnsClips = true
      $0.training.finalSamples = 0
    }
    #expect(untrained == .nothingToTrain)
    #expect(problem { $0.training.learnsClips = true } == nil)
  }
}
