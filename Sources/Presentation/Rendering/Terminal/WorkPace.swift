/// How long countable work will still take, from the times at which parts of it were done.
///
/// What came before the first note, such as loading a network, says nothing about the rest.
public struct WorkPace: Sendable {
  private var notes: [(done: Int, seconds: Double)] = []
  /// How many notes make a pace.
  private static let window = 30

  public init() {}

  /// - Parameter seconds: By any clock. When less is done than before, other work has begun.
  public mutating func note(done: Int, at seconds: Double) {
    if let last = notes.last, done < last.done { notes = [] }
    notes.append((done, seconds))
    if notes.count > Self.window { notes.removeFirst() }
  }

  /// What was noted says nothing about what comes.
  public mutating func forget() { notes = [] }

  /// Nil before anything was done since the first note.
  public var secondsEach: Double? {
    guard let first = notes.first, let last = notes.last, last.done > first.done, last.seconds > first.seconds
    else { return nil }
    return (last.seconds - first.seconds) / Double(last.done - first.done)
  }

  /// Until `planned` are done; nil while nothing is known.
  public func secondsLeft(of planned: Int, at now: Double) -> Double? {
    guard let secondsEach, let last = notes.last else { return nil }
    // Since the last note, part of the next has been done.
    return max(0, secondsEach * Double(planned - last.done) - (now - last.seconds))
  }
}
