/// A cost program in a child process: starts it, asks, and starts it again when it dies.
///
/// Remembers no answer: that is what an `AnswerFile` is for. Not safe to share between threads: one question at a time.
public final class CostProgram {
  /// What the program said of itself.
  public let description: ProgramDescription
  private let launch: CostProgramLaunch
  /// Nil after a crash, until something is asked again.
  private var connection: CostProgramConnection?

  /// Starts the program and asks it to describe itself; one that is killed or silent before it has is started again.
  ///
  /// Throws `CostProgramError`.
  public init(_ launch: CostProgramLaunch) throws {
    self.launch = launch
    var deaths = 0
    while true {
      do {
        let connection = try CostProgramConnection(launch)
        description = try connection.describe()
        self.connection = connection
        return
      } catch let error as CostProgramError where error.isCrash {
        deaths += 1
        if deaths > launch.restarts { throw Self.givenUp(launch, error, after: deaths) }
      }
    }
  }

  deinit { connection?.end() }

  /// Asks about every point and hands on each answer as it comes, in any order, each once.
  ///
  /// Throws `CostProgramError`, or what `onAnswer` throws; answers that were handed on before are true.
  public func costs(
    of points: [CostPoint], batch: Int, onAnswer: (_ point: Int, CostAnswer) throws -> Void
  ) throws {
    if let only = description.batch, only != batch {
      throw CostProgramError.otherBatch(command: launch.command, only: only, asked: batch)
    }
    for start in stride(from: 0, to: points.count, by: CostProtocol.mostPoints) {
      var open = Array(start..<min(start + CostProtocol.mostPoints, points.count))
      try surviving { connection, wasAnswered in
        guard !open.isEmpty else { return }
        let asked = open
        let reply = try connection.ask(.cost(asked.map { points[$0] }, batch: batch)) { position, answer in
          guard asked.indices.contains(position), let place = open.firstIndex(of: asked[position]) else {
            throw connection.impossible(
              "point is \(position); it must be one of the \(asked.count) asked about, each once")
          }
          do { try answer.requirePossible(of: description) } catch let error as ImpossibleCost {
            throw connection.impossible("point \(position): \(error.problem)")
          }
          try onAnswer(open.remove(at: place), answer)
          wasAnswered()
        }
        guard case .done = reply else { throw connection.unexpected(reply) }
        guard open.isEmpty else {
          throw connection.impossible(
            "\(open.count) of \(asked.count) points were not answered before \"done\"")
        }
      }
    }
  }

  /// What a whole network costs under a policy; throws `CostProgramError`.
  ///
  /// - Parameter layers: All layers in order of execution.
  public func cost(ofNetwork layers: [CostPoint], batch: Int, file: String? = nil) throws -> CostAnswer {
    var answer: CostAnswer?
    try surviving { connection, _ in
      let reply = try connection.ask(.network(layers, batch: batch, file: file))
      guard case .answer(_, nil, let found) = reply else { throw connection.unexpected(reply) }
      do { try found.requirePossible(of: description) } catch let error as ImpossibleCost {
        throw connection.impossible(error.problem)
      }
      answer = found
    }
    guard let answer else {
      throw CostProgramError.noNetwork(command: launch.command, reason: "it gave no answer")
    }
    return answer
  }

  /// Asks again, of a new process, as often as the launch allows without an answer in between.
  private func surviving(
    _ ask: (CostProgramConnection, _ wasAnswered: () -> Void) throws -> Void
  ) throws {
    var deaths = 0
    while true {
      do {
        return try ask(try connected()) { deaths = 0 }
      } catch let error as CostProgramError where error.isCrash {
        deaths += 1
        connection?.end()
        connection = nil
        if deaths > launch.restarts { throw Self.givenUp(launch, error, after: deaths) }
      }
    }
  }

  /// The running program, or a new one in place of one that crashed.
  private func connected() throws -> CostProgramConnection {
    if let connection { return connection }
    let connection = try CostProgramConnection(launch)
    guard try connection.describe() == description else {
      throw CostProgramError.changed(command: launch.command)
    }
    self.connection = connection
    return connection
  }

  private static func givenUp(
    _ launch: CostProgramLaunch, _ error: CostProgramError, after deaths: Int
  ) -> CostProgramError {
    guard launch.restarts > 0 else { return error }
    return .failedRepeatedly(command: launch.command, times: deaths, how: error.circumstances)
  }
}
