import Core
public import CostPrograms
import RandomNumbers

/// A measurement of a plan: which questions are asked, in which order and how often.
///
/// Points are asked about in random order, so that a drift of the machine does not look like a layer. Those whose
/// relative error is above `precision` are asked about again, `mostTakes` times in all. A sample is then measured once
/// more, which says how repeatable the table is. All answers are recorded as they come; what is recorded is not asked
/// again, so that a run that was ended goes on where it was.
public struct MeasuringRun: Sendable {
  public var plan: MeasuringPlan
  public var seed: UInt64
  /// Relative standard error of a latency to reach.
  public var precision: Double
  /// The most answers that a point gets.
  public var mostTakes: Int
  /// How many points are measured again at the end.
  public var checkCount: Int
  /// Not asked, whatever the plan says: a run before this one learned nothing about them.
  var hopeless: Set<CostQuestion> = []

  /// A tenth of the points, 10 to 50.
  public static func usualCheckCount(of points: Int) -> Int { min(points, max(10, min(50, points / 10))) }

  public init(plan: MeasuringPlan, seed: UInt64, precision: Double, mostTakes: Int, checkCount: Int) {
    self.plan = plan
    self.seed = seed
    self.precision = precision
    self.mostTakes = mostTakes
    self.checkCount = checkCount
  }

  /// How far a run is.
  public struct Progress: Hashable, Sendable {
    public var phase: Phase
    /// Points of the phase that are answered, and how many it has.
    public var done, total: Int

    public enum Phase: Hashable, Sendable {
      case measuring
      /// The `take`th answer about points that are not sure enough.
      case again(take: Int)
      case checking
    }

    public init(phase: Phase, done: Int, total: Int) {
      (self.phase, self.done, self.total) = (phase, done, total)
    }
  }

  /// Ended from outside; what was answered is recorded.
  public struct Interruption: Error {
    public init() {}
  }

  /// Asks what is not recorded yet.
  ///
  /// - Parameter onProgress: Called before each phase and after each answer; what it throws ends the run.
  ///
  /// Returns the points about which nothing could be learned, with the reason. Throws `CostProgramError` when the program
  /// fails on more points in a row than a few, and what `onProgress` throws.
  public func run(
    asking model: AnsweredProgram, onProgress: (Progress) throws -> Void
  ) throws -> [UnansweredPoint] {
    var asker = PatientAsker(model: model)
    var random = RandomSource(seed: seed)
    let points = plan.points
    try ask(points, .first, .measuring, &asker, &random, model, onProgress)
    guard model.description.measured else { return asker.unanswered }
    for take in 2..<max(3, mostTakes + 1) where take <= mostTakes {
      let unsure = points.filter { point in
        (pooled(point, model)?.relativeError).map { $0 > precision } ?? false
      }
      guard !unsure.isEmpty else { break }
      try ask(unsure, .again(take), .again(take: take), &asker, &random, model, onProgress)
    }
    try ask(checked(model), .check, .checking, &asker, &random, model, onProgress)
    return asker.unanswered
  }

  private func ask(
    _ points: [Point], _ occasion: CostQuestion.Occasion, _ phase: Progress.Phase,
    _ asker: inout PatientAsker,
    _ random: inout RandomSource, _ model: AnsweredProgram, _ onProgress: (Progress) throws -> Void
  ) throws {
    // Shuffled before what is known is left out, so that a run that goes on keeps the order.
    let shuffled = points.shuffled(using: &random)
    // Different layers may be one question, such as a transposed convolution and the convolution that computes it.
    var seen: Set<CostQuestion> = []
    let open = shuffled.filter { point in
      let question = question(point, model, occasion)
      return model.recorded(question) == nil && !hopeless.contains(question) && seen.insert(question).inserted
    }
    var progress = Progress(phase: phase, done: points.count - open.count, total: points.count)
    try onProgress(progress)
    try asker.ask(
      open, question: { question($0, model, occasion) },
      onAnswer: {
        progress.done += 1
        try onProgress(progress)
      })
  }

  /// The sample that is measured again: the same for the same seed and plan.
  func checked(_ model: AnsweredProgram) -> [Point] {
    var random = RandomSource(seed: seed &+ 1)
    let costed = plan.points.shuffled(using: &random).filter { pooled($0, model) != nil }
    return Array(costed.prefix(checkCount))
  }

  func question(
    _ point: Point, _ model: AnsweredProgram, _ occasion: CostQuestion.Occasion = .first
  ) -> CostQuestion {
    model.question(plan.layers[point.layer], point.precision, batch: plan.batch, occasion: occasion)
  }

  /// Every answer about a point but that of the check.
  func answers(_ point: Point, _ model: AnsweredProgram) -> [AnswerFile.RecordedAnswer] {
    let occasions = [CostQuestion.Occasion.first] + (2..<max(3, mostTakes + 1)).map { .again($0) }
    return occasions.compactMap { model.recorded(question(point, model, $0)) }
  }

  func pooled(_ point: Point, _ model: AnsweredProgram) -> PooledAnswer? {
    PooledAnswer(answers(point, model).map(\.answer))
  }
}
