import Core
public import Measuring

/// What was measured, and how far it can be trusted: the result of `haq measure`.
public struct MeasurementDocument: Document {
  public static let schema: SchemaName = "haq.measurement/1.1"

  /// The table, and the SHA-256 of its bytes.
  public var file: String
  public var sha256: String
  public var target: MeasuredTargetPart
  public var batch: Int
  /// Of the networks whose layers were measured.
  public var networks: [String]
  public var layers: Int
  /// Pairs of widths, such as `W8A8`.
  public var precisions: [String]
  public var seed: UInt64
  /// How layers were chosen; absent where all were measured.
  public var choice: Choice?
  public var points: Points
  /// Points without a cost, by reason; the most frequent first.
  public var withoutCost: [Reason]
  /// Absent for programs that compute.
  public var precision: Reached?
  /// Absent where nothing was measured twice.
  public var repeatability: Repeatability?
  /// Absent where the system does not say what its processors do, nothing was asked, or another machine measured.
  public var machine: MachineReport?
  /// What makes the table doubtful, one sentence each.
  public var warnings: [String]
  /// When the first and the last answer of the table came, in ISO 8601, UTC; absent without any.
  public var firstAt: String?
  public var lastAt: String?
  public var durationSeconds: Double
  public var programVersion: String

  /// What `--plan active` did.
  public struct Choice: Hashable, Sendable, Codable {
    /// The error that was to be reached.
    public var goal: Double
    public var isReached: Bool
    public var rounds: [ActivePlan.Round]

    private enum CodingKeys: String, CodingKey {
      case goal, rounds
      case isReached = "is_reached"
    }

    public init(goal: Double, isReached: Bool, rounds: [ActivePlan.Round]) {
      (self.goal, self.isReached, self.rounds) = (goal, isReached, rounds)
    }
  }

  /// How many points there are of what.
  public struct Points: Hashable, Sendable, Codable {
    public var planned: Int
    public var costed: Int
    /// Which the target cannot run.
    public var unsupported: Int
    /// About which the program said nothing: it failed, or the run was ended.
    public var unanswered: Int
    /// Which were recorded before this run.
    public var known: Int
  }

  /// Why points have no cost.
  public struct Reason: Hashable, Sendable, Codable {
    public var kind: Kind
    public var reason: String
    public var points: Int
    /// One of them, such as `mobilenet-v2:stem at W8A8`.
    public var example: String

    public enum Kind: String, Hashable, Sendable, Codable {
      case unsupported, failed
    }
  }

  /// How sure latencies are.
  public struct Reached: Hashable, Sendable, Codable {
    /// The relative standard error that was asked for.
    public var goal: Double
    /// The share of costed points that have it.
    public var share: Double
    public var worst: Double
  }

  private enum CodingKeys: String, CodingKey {
    case file, sha256, target, batch, networks, layers, precisions, seed, choice, points, precision,
      repeatability, machine, warnings
    case withoutCost = "without_cost"
    case firstAt = "first_at"
    case lastAt = "last_at"
    case durationSeconds = "duration_s"
    case programVersion = "program_version"
  }

  /// - Parameters:
  ///   - measurements: What is recorded of the plan.
  ///   - run: How it was measured.
  ///   - choice: How layers were chosen; nil where all were measured.
  ///   - unanswered: Points at which the program failed.
  ///   - known: How many points were recorded before.
  public init(
    _ session: MeasuringSession, of target: MeasuredTargetPart, networks: [String], in written: WrittenTable
  ) {
    self.init(
      session.measurements, session.run, of: target, networks: networks,
      choice: session.active.map {
        .init(goal: $0.goal, isReached: session.isReached, rounds: session.rounds)
      },
      unanswered: session.unanswered, known: session.knownCount, machine: session.machine,
      durationSeconds: session.durationSeconds, in: written)
  }

  public init(
    _ measurements: Measurements, _ run: MeasuringRun, of target: MeasuredTargetPart, networks: [String],
    choice: Choice? = nil, unanswered: [UnansweredPoint], known: Int, machine: MachineReport?,
    durationSeconds: Double,
    in written: WrittenTable
  ) {
    (file, sha256) = (written.file, written.sha256)
    self.target = target
    (batch, layers) = (run.plan.batch, run.plan.layers.count)
    self.networks = networks
    precisions = run.plan.precisions.map(\.description)
    seed = run.seed
    self.choice = choice
    let costed = measurements.points.compactMap {
      if case .cost(let answer) = $0.outcome { answer } else { nil }
    }
    points = Points(
      planned: run.plan.points.count, costed: costed.count,
      unsupported: measurements.points.count - costed.count,
      unanswered: run.plan.points.count - measurements.points.count, known: known)
    withoutCost = Reason.all(measurements, unanswered)
    let errors = costed.compactMap(\.relativeError)
    if target.isMeasured, let worst = errors.max() {
      let share = Double(errors.count { $0 <= run.precision }) / Double(errors.count)
      precision = Reached(goal: run.precision, share: share, worst: worst)
    }
    repeatability = measurements.repeatability
    self.machine = machine
    firstAt = measurements.points.map(\.firstAt).min()
    lastAt = measurements.points.map(\.lastAt).max()
    self.durationSeconds = durationSeconds
    programVersion = ProgramVersion.current
    warnings = machine?.warnings ?? []
    warnings += doubts
  }

  /// What the figures themselves say against the table.
  private var doubts: [String] {
    var doubts: [String] = []
    if let choice, !choice.isReached {
      doubts.append(
        "the predictor did not reach the error of \(Quantity.smallPercent(choice.goal)) that was asked for")
    }
    if let precision, precision.share < 0.95 {
      doubts.append(
        "\(Quantity.percent(1 - precision.share)) of the latencies have an error above \(Quantity.percent(precision.goal)), "
          + "the precision that was asked for")
    }
    if let precision, let repeatability, repeatability.medianDifference > max(0.02, 2 * precision.goal) {
      doubts.append(
        "a second measurement differs by \(Quantity.percent(repeatability.medianDifference)) in the median, which is more "
          + "than the repetitions of the first explain")
    }
    return doubts
  }
}

extension MeasurementDocument.Reason {
  fileprivate static func all(_ measurements: Measurements, _ unanswered: [UnansweredPoint]) -> [Self] {
    func title(_ point: Point) -> String {
      "\(measurements.plan.layers[point.layer].name) at \(point.widths)"
    }
    var reasons = unanswered.map {
      Self(kind: .failed, reason: $0.reason, points: 1, example: title($0.point))
    }
    for measured in measurements.points {
      guard case .unsupported(let reason) = measured.outcome else { continue }
      reasons.append(Self(kind: .unsupported, reason: reason, points: 1, example: title(measured.point)))
    }
    var places: [String: Int] = [:]
    var merged: [Self] = []
    for reason in reasons {
      if let place = places[reason.kind.rawValue + reason.reason] {
        merged[place].points += 1
      } else {
        places[reason.kind.rawValue + reason.reason] = merged.count
        merged.append(reason)
      }
    }
    return merged.enumerated().sorted { ($1.element.points, $0.offset) < ($0.element.points, $1.offset) }
      .map(\.element)
  }
}
