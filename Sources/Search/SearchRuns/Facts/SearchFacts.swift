import Core
import Diagnostics
import Evaluation
import PrecisionSearch
import Specs
public import Studies

/// Everything that the numbers of a search depend on.
public struct SearchFacts {
  public let run: SearchRun
  public let evaluator: EvaluatorFacts

  public init(_ run: SearchRun, evaluator: EvaluatorFacts) {
    self.run = run
    self.evaluator = evaluator
  }

  /// What an evaluator's answers depend on, beside what it describes.
  public struct EvaluatorFacts: Sendable {
    /// As a user types it.
    public var command: String
    /// SHA-256 of the operations and numbers that it computes with.
    public var networkSHA256: String
    /// Nil for a custom evaluator, which reads its own data.
    public var data: DataFingerprint?

    public init(command: String, networkSHA256: String, data: DataFingerprint?) {
      self.command = command
      self.networkSHA256 = networkSHA256
      self.data = data
    }
  }

  /// The facts, as a study of `program` keeps them.
  ///
  /// - Parameter programSHA256: Of the running program.
  public func all(programSHA256: String) -> StudyFacts {
    StudyFacts(
      accuracy + cost + search
        + [
          .init(.program, "program version", ProgramVersion.current),
          .init(.program, "program SHA-256", programSHA256),
        ])
  }

  private var accuracy: [StudyFacts.Fact] {
    let table = run.problem.space.table
    return [
      .init(.accuracy, "network", table.network.name),
      .init(.accuracy, "network layers SHA-256", table.network.shapeSHA256),
      .init(.accuracy, "network content SHA-256", evaluator.networkSHA256),
      .init(.accuracy, "data", run.evaluator.data),
      .init(.accuracy, "training samples", "\(run.evaluator.trainingSamples)"),
      .init(.accuracy, "validation samples", "\(run.evaluator.validationSamples)"),
      .init(.accuracy, "test samples", "\(run.evaluator.testSamples)"),
      .init(.accuracy, "evaluator", run.evaluator.program),
      .init(.accuracy, "evaluator command", evaluator.command),
    ]
      + [evaluator.data?.fact, run.evaluator.metric.map { .init(.accuracy, "metric", $0) }].compactMap(\.self)
  }

  private var cost: [StudyFacts.Fact] {
    run.problem.space.tables.enumerated().flatMap { index, table in
      let target = index == 0 ? "target" : "target \(index + 1)"
      return [
        (target, table.provenance.name),
        ("\(target) spec SHA-256", table.provenance.target?.specSHA256 ?? "none"),
        ("\(target) library SHA-256", table.provenance.target?.librarySHA256 ?? "none"),
        ("\(target) costs SHA-256", table.costsSHA256),
        ("\(target) batch", "\(table.network.batch)"),
      ].map { StudyFacts.Fact(.cost, $0.0, $0.1) }
    }
  }

  private var search: [StudyFacts.Fact] {
    let problem = run.problem
    let objective =
      switch problem.objective {
      case .accuracy: "accuracy"
      case .cost(let resource, let drop): "\(Self.name(resource)), accuracy drop \(drop)"
      }
    return run.plan.facts + [.init(.search, "objective", objective)] + tiedWidths(problem.space)
      + problem.budgets.map {
        StudyFacts.Fact(.search, "\(Self.name($0.resource)) limit", "\($0.limit)")
      }
  }

  /// Where no widths are tied, there is no fact.
  private func tiedWidths(_ space: SearchSpace) -> [StudyFacts.Fact] {
    let layers = space.table.network.layers
    let groups = space.tiedWidths.sets.map { $0.map { layers[$0].name }.joined(separator: " ") }
    return groups.isEmpty ? [] : [.init(.search, "coupled layers", groups.joined(separator: "; "))]
  }

  private static func name(_ resource: Resource) -> String {
    resource.target == 0
      ? resource.metric.rawValue : "\(resource.metric.rawValue) on target \(resource.target + 1)"
  }
}
