import Foundation
import WorkerLaunchers

/// A cost program in a child process: starts it, asks, and starts it again when it dies.
///
/// Remembers no answer: that is what an `AnswerFile` is for. Not safe to share between threads: one question at a time.
public final class CostProgram {
  /// What the program said of itself.
  public let description: ProgramDescription
  private let launch: CostProgramLaunch
  private let onNews: CostProgramNews.Listener
  /// Nil after a crash, until something is asked again.
  private var connection: CostProgramConnection?
  /// How long it waited to be run on another machine, in all.
  private var queueSeconds = 0.0

  /// Starts the program and asks it to describe itself; one that is killed, silent or lost before it has is started
  /// again.
  ///
  /// - Parameter onNews: Hears what happens to a program of another machine.
  ///
  /// Throws `CostProgramError`, or what `onNews` throws.
  public init(_ launch: CostProgramLaunch, onNews: @escaping CostProgramNews.Listener = { _ in }) throws {
    (self.launch, self.onNews) = (launch, onNews)
    var setbacks = CostProgramSetbacks(launch)
    var (hasRun, waited) = (false, 0.0)
    while true {
      do {
        let connection = try Self.opened(launch, &waited, onNews)
        hasRun = true
        setbacks.noteStart()
        description = try connection.describe()
        self.connection = connection
        queueSeconds = waited
        return
      } catch let error as CostProgramError where error.isCrash {
        try Self.wait(setbacks.pause(after: error, hasRun: hasRun), after: error, launch, onNews)
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
    var setbacks = CostProgramSetbacks(launch)
    while true {
      do {
        let connection = try connected()
        setbacks.noteStart()
        return try ask(connection) { setbacks.noteAnswer() }
      } catch let error as CostProgramError where error.isCrash {
        connection?.end()
        connection = nil
        try Self.wait(setbacks.pause(after: error, hasRun: true), after: error, launch, onNews)
      }
    }
  }

  /// The running program, or a new one in place of one that crashed.
  private func connected() throws -> CostProgramConnection {
    if let connection { return connection }
    let connection = try Self.opened(launch, &queueSeconds, onNews)
    guard try connection.describe() == description else {
      throw CostProgramError.changed(command: launch.command)
    }
    self.connection = connection
    return connection
  }

  /// A running program that was asked nothing yet.
  private static func opened(
    _ launch: CostProgramLaunch, _ queueSeconds: inout Double, _ onNews: CostProgramNews.Listener
  ) throws -> CostProgramConnection {
    let connection = try CostProgramConnection(launch)
    guard launch.remote != nil else { return connection }
    let start = ContinuousClock.now
    let hello = try connection.hello { try onNews(.waiting(.now - start)) }
    queueSeconds += (ContinuousClock.now - start) / .seconds(1)
    try onNews(.event(.up(hello, queueSeconds: queueSeconds)))
    return connection
  }

  /// Reports that a program of another machine is started again, and waits so long before it is.
  private static func wait(
    _ pause: Duration, after error: CostProgramError, _ launch: CostProgramLaunch,
    _ onNews: CostProgramNews.Listener
  ) throws {
    guard launch.remote != nil else { return }
    if case .notLaunched = error {
      try onNews(.event(.notUp(error)))
    } else {
      try onNews(.event(.died(error)))
    }
    let start = ContinuousClock.now
    while ContinuousClock.now - start < pause {
      let rest = (pause - (ContinuousClock.now - start)) / .seconds(1)
      Thread.sleep(forTimeInterval: max(0.001, min(0.2, rest)))
      try onNews(.waiting(.now - start))
    }
  }
}
