import Core
public import PrecisionSearch

/// What the evaluations of a study come to: how many of what, and in which time.
///
/// Of a study that grows, only what is new is read.
public struct StudyTally: Sendable {
  /// Evaluations recorded.
  public private(set) var evaluationCount = 0
  /// What all evaluations took together.
  public private(set) var evaluatorSeconds = 0.0
  /// Rows that were read; those behind a gap again until it is closed.
  public private(set) var rowsRead = 0

  /// Before its first gap; several evaluators leave gaps for a while.
  private var settled = PaceTally()
  private var lastSettled = 0
  /// What comes behind it.
  private var pace = PaceTally()
  private var ahead: Set<Int> = []

  private let measuresSensitivities: Bool
  private var reused = 0
  private var failed: Set<String> = []
  /// Evaluations of policies for the search, by how many samples were asked for.
  private var ofSearch: [Int: Int] = [:]
  /// The first of the float baseline, which is on the samples that policies are measured on.
  private var baseline: (number: Int, samples: Int)?
  private var episodes: Set<String> = []
  private var withoutEpisode: [String: Int] = [:]

  /// The methods that measure sensitivities.
  private static let methodsOfSensitivity: Set = ["auto", "ilp", "greedy"]

  /// - Parameter facts: Of the study.
  public init(_ facts: StudyFacts) {
    measuresSensitivities = facts.value(.search, "method").map(Self.methodsOfSensitivity.contains) ?? false
  }

  /// Takes in what was recorded since it was last called.
  public mutating func read(_ records: StudyRecords) throws(StudyError) {
    let rows = try records.tallied(after: lastSettled)
    rowsRead += rows.count
    for row in rows where !ahead.contains(row.number) { add(row) }
    var rest = rows[...]
    while let row = rest.first, row.number == lastSettled + 1 {
      settled.add(row.answer)
      (lastSettled, rest) = (row.number, rest.dropFirst())
    }
    ahead = Set(rest.map(\.number))
    pace = settled
    for row in rest { pace.add(row.answer) }
  }

  private mutating func add(_ row: TalliedRow) {
    evaluationCount += 1
    evaluatorSeconds += row.answer.durationSeconds
    if row.answer.session == nil { reused += 1 }
    if row.isFailure, let policy = row.policy { failed.insert(policy) }
    guard row.isOfValidation, let samples = row.samples else { return }
    guard let policy = row.policy else {
      if baseline.map({ row.number < $0.number }) ?? true { baseline = (row.number, samples) }
      return
    }
    guard row.answer.session != nil else { return }
    ofSearch[samples, default: 0] += 1
    if measuresSensitivities, !episodes.contains(policy) { withoutEpisode[policy, default: 0] += 1 }
  }

  /// Takes in what the search measured; see `counts`.
  public mutating func note(_ episodes: some Sequence<Episode>) {
    guard measuresSensitivities else { return }
    for episode in episodes {
      let policy = episode.measured.policy.text
      self.episodes.insert(policy)
      withoutEpisode[policy] = nil
    }
  }

  /// Policies that could not be measured, however often they were asked about.
  public var failedPolicyCount: Int { failed.count }

  /// How many evaluations are recorded, by what they are of.
  ///
  /// Sensitivity measurements all have one number of samples. Where it is that of policies, they are distinguished from policies
  /// by the episodes, all of which must be noted.
  public var counts: StudyCounts {
    let all = ofSearch.values.reduce(0, +)
    let onOthers = baseline.map { all - ofSearch[$0.samples, default: 0] } ?? 0
    let ofSensitivities = onOthers > 0 ? onOthers : withoutEpisode.values.reduce(0, +)
    return StudyCounts(
      ofPolicies: all - ofSensitivities, ofSensitivities: ofSensitivities,
      ofBaselines: evaluationCount - all - reused, reused: reused)
  }

  /// Whether `counts` follow from episodes.
  var needsEpisodes: Bool { !withoutEpisode.isEmpty }

  /// - Parameters:
  ///   - policies: How many the search has measured.
  ///   - planned: How many evaluations the search may spend, an evaluation being a policy measured on
  ///     `searchSamples` samples.
  public func pace(policies: Int, planned: Int, searchSamples: Int) -> StudyPace {
    pace.pace(policies: policies, planned: planned, searchSamples: searchSamples)
  }
}

extension StudyRecords {
  /// Of the whole study.
  public func tally() throws(StudyError) -> StudyTally {
    var tally = StudyTally(try facts())
    try tally.read(self)
    if tally.needsEpisodes { tally.note(try episodes()) }
    return tally
  }

  /// How fast answers come, without reading policies and costs.
  public func pace(policies: Int, planned: Int, searchSamples: Int) throws(StudyError) -> StudyPace {
    var tally = StudyTally(try facts())
    try tally.read(self)
    return tally.pace(policies: policies, planned: planned, searchSamples: searchSamples)
  }
}
