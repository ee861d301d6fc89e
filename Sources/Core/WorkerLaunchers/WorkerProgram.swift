package import Conversations
import Glibc

/// One run of a worker's program, on this machine or behind a launcher on another one, from its start to its death.
///
/// Not safe to share between threads.
package final class WorkerProgram {
  private let program: LineProgram
  /// The other machine that it runs on; nil before it says so, and on this machine.
  private var host: String?
  /// How it ended on another machine, where it is known.
  private var exitStatus: Int?

  private static let mostLinesBeforeHello = 1000
  private static let waitingInterval = Duration.milliseconds(200)

  /// - Parameter isRemote: Whether it stands for a program on another machine, as `srun` does.
  ///
  /// Throws `LineProgram.CannotStart`, or a file error when the log cannot be opened.
  package init(_ launch: LineProgram.Launch, isRemote: Bool) throws {
    var launch = launch
    if isRemote { launch.patience = RemoteTerms.patience }
    program = try LineProgram(launch)
  }

  /// Of the running program.
  package var processIdentifier: Int32 { program.processIdentifier }

  /// Closes its input, which ends a well-behaved one, and terminates it.
  package func end() { program.end() }

  /// Kills it; a launcher gets the time to end what it launched.
  package func kill() { program.kill() }

  /// Sends a line, which must not have a newline, and must have been taken by the deadline; nil waits for ever.
  package func write(_ line: String, before deadline: ContinuousClock.Instant?) -> LineWriter.Outcome {
    program.write(line, before: deadline)
  }

  /// Waits for a program on another machine to run, however long its queue is; nil where it ended before that.
  ///
  /// Clusters may print lines of their own before.
  ///
  /// - Parameter whileWaiting: Called about five times a second; what it throws ends the waiting.
  package func waitForHello(_ whileWaiting: () throws -> Void = {}) throws -> WorkerHello? {
    var lines = 0
    while lines < Self.mostLinesBeforeHello {
      switch program.nextLine(before: ContinuousClock.now + Self.waitingInterval) {
      case .silence: try whileWaiting()
      case .end, .tooLong: return nil
      case .line(let line):
        if let hello = WorkerHello(line: line) {
          host = hello.host
          return hello
        }
        lines += 1
      }
    }
    return nil
  }

  /// The next line of the program itself.
  ///
  /// - Parameter deadline: When it must have come whole; nil waits for ever.
  package func nextLine(before deadline: ContinuousClock.Instant?) -> LineReader.Outcome {
    let outcome = program.nextLine(before: deadline)
    guard host != nil, case .line(let line) = outcome, let status = WorkerHello.exitStatus(in: line)
    else { return outcome }
    exitStatus = status
    return .end
  }

  /// How a run ended.
  package struct Death {
    package var program: LineProgram.Death
    /// The machine on which it is gone without a word; nil where it ended by itself, or on this machine.
    package var lostOn: String?
  }

  /// Called at the end of its output; one that continues to run could never reply again, and is killed.
  package func death() -> Death {
    let death = program.death()
    guard let host else { return Death(program: death) }
    // SIGTERM comes from outside; the shell may live long enough to say so.
    guard let exitStatus, exitStatus != 128 + Int(SIGTERM) else { return Death(program: death, lostOn: host) }
    return Death(
      program: LineProgram.Death(
        how: "exit status \(exitStatus)", isOwnEnd: exitStatus <= 128, hasLastWords: death.hasLastWords))
  }
}
