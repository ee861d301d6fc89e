import Core
import Diagnostics
import Evaluation
import EvaluatorArguments
import Foundation
import Hashing
import Networks
import ONNX
import PrecisionSearch
import Specs
import Studies

extension SearchCommand {
  /// Everything that the numbers of this search depend on.
  ///
  /// - Parameters:
  ///   - content: SHA-256 of the operations and numbers that the evaluator computes with.
  ///   - data: Nil for an evaluator with data of its own.
  func facts(
    _ problem: SearchProblem, content: String, _ evaluator: EvaluatorPool, data: DataFingerprint?
  ) throws -> StudyFacts {
    StudyFacts(
      accuracyFacts(problem.space.table, content: content, evaluator.description)
        + [.init(.accuracy, "evaluator command", evaluator.command)]
        + [data?.fact].compactMap(\.self) + costFacts(problem.space.tables)
        + (try searchFacts(problem))
        + [
          .init(.program, "program version", ProgramVersion.current),
          .init(.program, "program SHA-256", try RunningProgram.sha256()),
        ])
  }

  private func accuracyFacts(
    _ table: CostTable, content: String, _ evaluator: EvaluatorDescription
  ) -> [StudyFacts.Fact] {
    [
      .init(.accuracy, "network", table.network.name),
      .init(.accuracy, "network layers SHA-256", table.network.shapeSHA256),
      .init(.accuracy, "network content SHA-256", content),
      .init(.accuracy, "data", evaluator.data),
      .init(.accuracy, "training samples", "\(evaluator.trainingSamples)"),
      .init(.accuracy, "validation samples", "\(evaluator.validationSamples)"),
      .init(.accuracy, "test samples", "\(evaluator.testSamples)"),
      .init(.accuracy, "evaluator", evaluator.program),
    ]
  }

  /// SHA-256 of the operations and numbers that the evaluator computes with.
  ///
  /// A file was read with its numbers; what is built in is costed without them.
  func contentSHA256(of named: NamedNetwork) throws -> String {
    let source = try NetworkSource(argument: network.network, otherExtensions: ["json"])
    if case .onnx = source, let graph = named.graph { return graph.contentSHA256 }
    return try source.trainedGraph(inputSize: size.inputSize).contentSHA256
  }

  private func costFacts(_ tables: [CostTable]) -> [StudyFacts.Fact] {
    tables.enumerated().flatMap { index, table in
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

  private func searchFacts(_ problem: SearchProblem) throws -> [StudyFacts.Fact] {
    let objective =
      switch problem.objective {
      case .accuracy: "accuracy"
      case .cost(let resource, let drop): "\(Self.name(resource)), accuracy drop \(drop)"
      }
    return try method.facts() + [.init(.search, "objective", objective)] + tiedWidthFacts(problem.space)
      + problem.budgets.map {
        StudyFacts.Fact(.search, "\(Self.name($0.resource)) limit", "\($0.limit)")
      }
  }

  /// Layers that share a width are decided together; where none do, nothing is said.
  private func tiedWidthFacts(_ space: SearchSpace) -> [StudyFacts.Fact] {
    let layers = space.table.network.layers
    let groups = space.tiedWidths.sets.map { $0.map { layers[$0].name }.joined(separator: " ") }
    // The name that studies have had from the start: resuming one compares facts by name.
    return groups.isEmpty ? [] : [.init(.search, "coupled layers", groups.joined(separator: "; "))]
  }

  private static func name(_ resource: Resource) -> String {
    resource.target == 0
      ? resource.metric.rawValue : "\(resource.metric.rawValue) on target \(resource.target + 1)"
  }
}

extension SearchMethodOptions {
  /// Every option, by its name on the command line.
  ///
  /// "probe samples" has the name that studies have had from the start: resuming one compares facts by name.
  func facts() throws -> [StudyFacts.Fact] {
    let warmStart = try warmStart.map { try InputFile.read($0).sha256 } ?? "none"
    let options: [(name: String, value: String)] = [
      ("method", method.rawValue), ("evaluations", "\(evaluations)"), ("seed", "\(seed)"),
      ("search samples", "\(searchSamples)"),
      ("probe samples", sensitivitySamples.map(String.init) ?? "automatic"),
      ("finetune samples", "\(finetuneSamples)"), ("final finetune samples", "\(finalFinetuneSamples)"),
      ("finetune rate", "\(finetuneRate)"), ("finalists", "\(finalists)"),
      ("hidden", "\(hidden.first),\(hidden.second)"), ("warm-up", "\(warmUp)"),
      ("sigma decay", "\(sigmaDecay)"), ("search ends", "\(searchEnds)"),
      ("demonstrate uniform", "\(demonstrateUniform)"), ("warm start SHA-256", warmStart),
      ("population", population.map(String.init) ?? "automatic"),
    ]
    // What is not the default only, so that older studies can be carried on.
    let added: [(name: String, value: String)] =
      (pact ? [("pact", "true")] : []) + (overlapUpdates ? [("overlap updates", "true")] : [])
      + (earlyStopping.map { [("early stopping", "\($0)")] } ?? [])
    return (options + added).map { StudyFacts.Fact(.search, $0.name, $0.value) }
  }
}
