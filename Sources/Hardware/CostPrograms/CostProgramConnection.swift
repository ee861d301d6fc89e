import Conversations
import Foundation
import WorkerLaunchers

/// One run of a cost program, from its start to its death.
final class CostProgramConnection {
  private let launch: CostProgramLaunch
  private let program: WorkerProgram
  private var nextID = 1

  /// Throws `CostProgramError.cannotStart`.
  init(_ launch: CostProgramLaunch) throws {
    self.launch = launch
    do {
      program = try WorkerProgram(
        LineProgram.Launch(
          executable: URL(filePath: launch.executable), arguments: launch.arguments,
          folder: URL(filePath: launch.folder)), isRemote: launch.remote != nil)
    } catch let error as LineProgram.CannotStart {
      throw CostProgramError.cannotStart(command: launch.command, reason: error.reason)
    }
  }

  /// Ends the program, which reads `quit` or the end of its input.
  func end() {
    if let line = try? MessageLine.encode(CostRequest(id: nextID, method: .quit)) {
      _ = program.write(line, before: .now)
    }
    program.end()
  }

  /// Waits for a program on another machine to run, however long its queue is; throws `CostProgramError.notLaunched`.
  ///
  /// - Parameter whileWaiting: Called about five times a second; what it throws ends the waiting.
  func hello(_ whileWaiting: () throws -> Void) throws -> WorkerHello {
    if let hello = try program.waitForHello(whileWaiting) { return hello }
    // Ctrl-C in a terminal ends the launcher too.
    try whileWaiting()
    throw CostProgramError.notLaunched(command: launch.command, times: 1, how: program.death().program.how)
  }

  /// The description, compared with what can be.
  func describe() throws -> ProgramDescription {
    let method = CostRequest.Method.describe(
      protocolVersion: CostProtocol.version, parameters: launch.parameters)
    let reply = try ask(method)
    guard case .description(_, let description) = reply else { throw unexpected(reply) }
    guard CostProtocol.isCompatible(with: description.protocol) else {
      throw CostProgramError.incompatible(command: launch.command, theirs: description.protocol)
    }
    do { try description.requirePossible() } catch { throw impossible(error.problem) }
    return description
  }

  /// Sends a request and gives its final reply; throws `CostProgramError`, or what `onAnswer` throws.
  ///
  /// - Parameter onAnswer: Takes what is said of each point; the time that a reply may take begins again with each.
  func ask(
    _ method: CostRequest.Method, onAnswer: (_ point: Int, CostAnswer) throws -> Void = { _, _ in }
  ) throws -> CostReply {
    let id = nextID
    nextID += 1
    var deadline = ContinuousClock.now + launch.timeout
    let line = try MessageLine.encode(CostRequest(id: id, method: method))
    switch program.write(line, before: deadline) {
    case .written: break
    case .end: throw death(during: method)
    case .silence: throw silence()
    }
    while let line = try nextLine(before: deadline) {
      switch try reply(line) {
      case .failure(let failed, let failure) where failed == id || failed == nil:
        throw CostProgramError.refused(command: launch.command, failure)
      case let reply where reply.id != id: throw unexpected(reply)
      case .answer(_, let point?, let answer):
        try onAnswer(point, answer)
        deadline = ContinuousClock.now + launch.timeout
      case let reply: return reply
      }
    }
    throw death(during: method)
  }

  func unexpected(_ reply: CostReply) -> CostProgramError {
    .notTheProtocol(command: launch.command, line: (try? MessageLine.encode(reply)) ?? "")
  }

  func impossible(_ problem: String) -> CostProgramError {
    .impossible(command: launch.command, problem: problem)
  }

  private func reply(_ line: String) throws(CostProgramError) -> CostReply {
    do {
      return try MessageLine.decode(CostReply.self, from: line)
    } catch {
      throw .notTheProtocol(command: launch.command, line: String(line.prefix(200)))
    }
  }

  private func nextLine(before deadline: ContinuousClock.Instant) throws -> String? {
    switch program.nextLine(before: deadline) {
    case .line(let line): return line
    case .end: return nil
    case .silence: throw silence()
    case .tooLong:
      program.kill()
      throw CostProgramError.lineTooLong(command: launch.command)
    }
  }

  private func silence() -> CostProgramError {
    program.kill()
    return .silent(command: launch.command, seconds: launch.timeoutSeconds)
  }

  private func death(during method: CostRequest.Method) -> CostProgramError {
    let death = program.death()
    if let host = death.lostOn {
      return .lost(command: launch.command, host: host, how: death.program.how)
    }
    if case .describe = method, death.program.isOwnEnd {
      return .cannotWork(command: launch.command, how: death.program.how)
    }
    return .died(command: launch.command, how: death.program.how)
  }
}
