public import Core
import Evaluation
import Foundation
import PrecisionSearch
import Rendering
public import Studies

/// Everything about one study but its evaluations: the result of `haq study show`.
public struct StudyDescriptionDocument: Document {
  public static let schema: SchemaName = "haq.study-description/1.3"

  public var study: StudyLine
  /// The command line that started the search, by words.
  public var command: [String]
  /// Where relative paths among them start.
  public var directory: String
  public var facts: [StudyFacts.Fact]
  public var sessions: [Session]
  /// Absent before the first evaluation.
  public var workers: [StudyWorker]?
  public var effort: StudyEffort
  /// The time of all evaluations together.
  public var evaluatorSeconds: Double
  /// Absent before the first state, and for methods that continue from the evaluations alone.
  public var methodState: MethodState?
  /// Such as `W4A6`, by layer; absent before the first policy.
  public var bestPolicy: [String]?
  /// What the best policy costs beside what its layers alone add up to; absent where that is the same, for every metric.
  public var bestNetworkGap: [Metric: NetworkGap]?
  /// What the network took on devices under the policy that the search found; absent before `haq measure --study`.
  public var measurements: [DeviceMeasurement]?

  private enum CodingKeys: String, CodingKey {
    case study, command, directory, facts, sessions, workers, effort, measurements
    case evaluatorSeconds = "evaluator_s"
    case methodState = "method_state"
    case bestPolicy = "best_policy"
    case bestNetworkGap = "best_network_gap"
  }

  /// One process that worked on the study.
  public struct Session: Hashable, Sendable, Codable {
    /// From 1.
    public var number: Int
    /// ISO 8601, UTC, by the machine's clock.
    public var startedAt: String
    public var host: String
    public var process: Int
    public var programVersion: String
    public var programSHA256: String

    private enum CodingKeys: String, CodingKey {
      case number, host, process
      case startedAt = "started_at"
      case programVersion = "program_version"
      case programSHA256 = "program_sha256"
    }

    public init(_ session: StudySession) {
      number = session.number
      startedAt = session.startedAt
      host = session.host
      process = session.process
      programVersion = session.programVersion
      programSHA256 = session.programSHA256
    }
  }

  /// The state from which a resumed search continues.
  public struct MethodState: Hashable, Sendable, Codable {
    public var format: String
    public var afterPolicies: Int
    public var bytes: Int

    private enum CodingKeys: String, CodingKey {
      case format, bytes
      case afterPolicies = "after_policies"
    }
  }

  /// - Parameter path: Of the study's file.
  public init(_ path: String) throws {
    let summary = try StudySummary(path)
    let records = try StudyRecords(path)
    study = StudyLine(summary)
    command = ["haq", "search"] + (try records.arguments())
    directory = try records.directory()
    facts = summary.facts.all
    let recorded = try records.sessions()
    sessions = recorded.map(Session.init)
    let (problem, tally) = (try records.problem(), try records.tally())
    let pace = tally.pace(policies: summary.episodeCount, of: problem)
    effort = StudyEffort(tally.counts, planned: problem.evaluations, pace)
    let workers = StudyWorker.all(pace, try records.workers(), recorded)
    self.workers = workers.isEmpty ? nil : workers
    evaluatorSeconds = try records.evaluatorSeconds()
    methodState = try records.checkpoint().map {
      MethodState(format: $0.format, afterPolicies: $0.episodes, bytes: $0.state.count)
    }
    let best = summary.best?.measured.policy
    bestPolicy = best?.precisions.map(\.description)
    bestNetworkGap = try best.flatMap { try Self.networkGaps(of: $0, in: records) }
    let measured = try records.measurements().all
    measurements = measured.isEmpty ? nil : measured.map(DeviceMeasurement.init)
  }

  /// On the first target; nil for a study of an early program, which kept no costs.
  private static func networkGaps(of policy: Policy, in records: StudyRecords) throws -> [Metric: NetworkGap]?
  {
    guard let table = try records.costTables()?.first,
      table.network.layers.count == policy.precisions.count
    else { return nil }
    let gaps = table.networkGaps(of: policy, totals: try table.totals(of: policy))
    return gaps.isEmpty ? nil : gaps
  }

  /// The lines for a terminal.
  public var text: String {
    var lines = [
      "\(study.path): \(study.state), started \(study.createdAt)",
      "  \(ShellText.command(command))",
      "  in \(directory)", "",
      "\(Quantity.counted(study.episodes, "policy", "policies")) measured by the search, which has spent "
        + effort.spent,
      "\(Quantity.counted(study.evaluations, "evaluation")) recorded, \(Quantity.seconds(evaluatorSeconds)) of the evaluator: \(effort.parts)",
    ]
    if study.failedPolicies > 0 {
      lines.append("\(Quantity.counted(study.failedPolicies, "policy", "policies")) failed")
    }
    if let state = methodState {
      lines.append(
        "the method's state after \(Quantity.counted(state.afterPolicies, "policy", "policies")): \(state.format), "
          + Quantity.bytes(Double(state.bytes)))
    }
    if let accuracy = study.bestAccuracy, let bestPolicy {
      lines += [
        "Best policy so far, by \(study.bestSamples.map { "\($0) " } ?? "")validation samples: \(Quantity.percent(accuracy))"
          + (study.accuracyMetric.map { " \($0)" } ?? ""),
        "  \(bestPolicy.joined(separator: " "))",
      ]
      lines += Metric.allCases.compactMap { metric in
        (bestNetworkGap?[metric]).map { "  \($0.sentence(metric))" }
      }
      lines += (measurements ?? []).map { "  \($0.sentence)" }
    }
    for part in StudyFacts.Part.allCases {
      let facts = facts.filter { $0.part == part }
      let width = facts.map(\.name.count).max() ?? 0
      lines += ["", "What decides \(part.title):"]
      lines += facts.map { "  \($0.name.padding(toLength: width, withPad: " ", startingAt: 0))  \($0.value)" }
    }
    lines += ["", "Sessions:"]
    lines += sessions.map {
      "  \($0.number)  \($0.startedAt)  \($0.host), process \($0.process), haq \($0.programVersion) \($0.programSHA256.prefix(12))"
    }
    let text = lines.joined(separator: "\n") + "\n"
    guard let workers, StudyWorker.areSeveral(workers) else { return text }
    return text + "\nWorkers:\n" + StudyWorker.text(workers)
  }
}

extension StudyFacts.Part {
  fileprivate var title: String {
    switch self {
    case .accuracy: "accuracy"
    case .cost: "cost"
    case .search: "which policies are tried"
    case .program: "the rest: the program"
    }
  }
}
