import Core
public import Measuring
import Rendering
import Specs

/// Whole networks that were run under policies: the result of `haq measure --mixes`.
public struct NetworkRunsDocument: Document {
  public static let schema: SchemaName = "haq.network-runs/1.0"

  /// The measured networks, and the SHA-256 of the file's bytes.
  public var file: String
  public var sha256: String
  public var target: MeasuredTargetPart
  public var batch: Int
  public var seed: UInt64
  public var runs: [RunPart]
  /// Of the ranges of the runs: the median. Absent where no run was repeated.
  public var medianRange: Double?
  public var programVersion: String

  /// A network under a policy.
  public struct RunPart: Hashable, Sendable, Codable {
    public var network: String
    /// `W8A8`, or how many layers have which: `W8A8: 12, W32A32: 16`.
    public var precisions: String
    /// Of the whole batch: the median of the rounds.
    public var latencySeconds: Double
    /// Half the distance between the quartiles of the repetitions, by their median.
    public var spread: Double?
    /// How often it was measured, in rounds.
    public var rounds: Int
    /// (greatest - least) / median of the rounds.
    public var range: Double?

    private enum CodingKeys: String, CodingKey {
      case network, precisions, spread, rounds, range
      case latencySeconds = "latency_s"
    }
  }

  private enum CodingKeys: String, CodingKey {
    case file, sha256, target, batch, seed, runs
    case medianRange = "median_range"
    case programVersion = "program_version"
  }

  /// - Precondition: there is a result with a latency for each run, of one batch.
  public init(
    _ runs: NetworkRuns, _ measured: [NetworkRuns.Measured], of target: MeasuredTargetPart,
    in written: WrittenTable
  ) {
    (file, sha256) = (written.file, written.sha256)
    self.target = target
    batch = runs.runs.first?.network.batch ?? 1
    seed = runs.seed
    self.runs = zip(runs.runs, measured).map { run, measured in
      RunPart(
        network: run.network.name, precisions: Self.precisions(run.policy),
        latencySeconds: measured.latency ?? 0, spread: measured.pooled?.spread,
        rounds: measured.answers.count, range: measured.range)
    }
    let ranges = self.runs.compactMap(\.range).sorted()
    medianRange = ranges.isEmpty ? nil : ranges[ranges.count / 2]
    programVersion = ProgramVersion.current
  }

  private static func precisions(_ policy: Policy) -> String {
    let counts = Dictionary(policy.precisions.map { ($0.description, 1) }, uniquingKeysWith: +)
    if counts.count == 1, let only = counts.first { return only.key }
    return counts.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
  }
}

extension NetworkRunsDocument {
  /// For a terminal.
  public var text: String {
    var table = TextTable([
      .init("network"), .init("layers at"), .init("latency", .right), .init("spread", .right),
      .init("rounds", .right), .init("range", .right),
    ])
    for run in runs {
      table.add([
        run.network, run.precisions, Quantity.seconds(run.latencySeconds),
        run.spread.map(Quantity.percent) ?? "", "\(run.rounds)", run.range.map(Quantity.percent) ?? "",
      ])
    }
    return "Whole networks on \(target.title), batch \(batch)\n\n\(table.text)"
      + (medianRange.map { "Rounds of a run are \(Quantity.percent($0)) apart in the median.\n" } ?? "")
      + "Wrote \(file).\n"
  }
}
