import Core
import PrecisionSearch

extension StudyProblem {
  /// What a study says that was made before studies had the problem as a document: sentences among its facts.
  ///
  /// The objective is "accuracy", or such as "latency_s, accuracy drop 0.005". Limits have a fact each: "latency_s
  /// limit", and beyond the first target "latency_s on target 2 limit". Nothing else reads these.
  init(earlier facts: StudyFacts) {
    func number(_ name: String) -> Int { facts.value(.search, name).flatMap { Int($0) } ?? 0 }
    let limits = facts.all.filter { $0.part == .search }.compactMap { fact -> Limit? in
      guard let name = fact.name.wholeMatch(of: /(?<metric>\w+)( on target (?<target>\d+))? limit/),
        let metric = Metric(rawValue: String(name.metric)), let limit = Double(fact.value)
      else { return nil }
      return Limit(Resource(metric, target: name.target.flatMap { Int($0) }.map { $0 - 1 } ?? 0), limit)
    }
    self.init(
      objective: facts.value(.search, "objective").flatMap(Self.objective) ?? .accuracy, budgets: limits,
      evaluations: number("evaluations"), searchSamples: number("search samples"))
  }

  private static func objective(_ sentence: String) -> Objective? {
    guard
      let parts = sentence.wholeMatch(
        of: /(?<metric>\w+)( on target (?<target>\d+))?, accuracy drop (?<drop>\S+)/),
      let metric = Metric(rawValue: String(parts.metric)), let drop = Double(parts.drop)
    else { return nil }
    return .cost(Resource(metric, target: parts.target.flatMap { Int($0) }.map { $0 - 1 } ?? 0), drop: drop)
  }
}
