import Evaluation
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
    #expect(problem { $0.contenders = 5 } == .notAbove(.contenders, .finalists, 5))
    #expect(problem { $0.contenders = 6 } == nil)
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

  @Test("a lag of rewards is the agent's alone, and leaves it policies to choose by what it has learned")
  func rewardLag() {
    func lagged(_ lag: Int, _ change: (inout SearchSettings) -> Void = { _ in }) -> SearchPlanProblem? {
      problem {
        $0.method = .ddpg
        $0.agent.rewardLag = lag
        change(&$0)
      }
    }
    #expect(lagged(0) == .tooSmall(.rewardLag, least: 1, 0))
    #expect(lagged(2) { $0.method = .random } == .otherMethod(.rewardLag, needs: [.ddpg], .random))
    #expect(lagged(2) { $0.agent.overlapsUpdates = true } == .overlappedAndLagged)
    #expect(lagged(1) { $0.agent.overlapsUpdates = true } == nil)
    // Of 100 policies, the first 20 are random; at a lag of 80 the last one is chosen with the rewards of these.
    #expect(lagged(80) == nil)
    #expect(
      lagged(81)?.text { "--\($0.rawValue)" }
        == "--reward-lag must be at most 80, the --evaluations without those of --warm-up, for the agent to choose "
        + "any policy by what it has learned.")
    // Nothing is left of a search that ends in the warm-up.
    #expect(lagged(8) { $0.evaluations = 10 } == nil)
  }

  @Test("PACT needs some fine-tuning")
  func pact() {
    let untrained = problem {
      $0.training.learnsClips = true
      $0.training.finalSamples = 0
    }
    #expect(untrained == .nothingToTrain(.pact))
    #expect(problem { $0.training.learnsClips = true } == nil)
  }

  @Test("LSQ needs some fine-tuning, and no PACT")
  func lsq() {
    let untrained = problem {
      $0.training.learnsSteps = true
      $0.training.finalSamples = 0
    }
    #expect(untrained == .nothingToTrain(.lsq))
    let both = problem { ($0.training.learnsSteps, $0.training.learnsClips) = (true, true) }
    #expect(both == .exclusive(.pact, .lsq))
    #expect(both?.description == "pact and lsq exclude each other; give one of them.")
    #expect(problem { $0.training.learnsSteps = true } == nil)
  }

  @Test("a loss needs some fine-tuning")
  func loss() {
    let untrained = problem {
      $0.training.loss = .distillation
      $0.training.finalSamples = 0
    }
    #expect(untrained == .nothingToTrain(.loss))
    #expect(
      untrained?.text { "--\($0.rawValue)" }
        == "--loss needs fine-tuning, and no samples are given to fine-tune on.")
    #expect(problem { $0.training.loss = .distillation } == nil)
  }
}
