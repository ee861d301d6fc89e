import Conversations
import Dispatch
import Foundation
import Testing

/// Programs that are spoken with line by line, here shell scripts.
@Suite("Programs that speak in lines")
struct LineProgramTests {
  private func program(_ script: String) throws -> LineProgram {
    try LineProgram(.init(executable: URL(filePath: "/bin/sh"), arguments: ["-c", script]))
  }

  private var soon: ContinuousClock.Instant { .now + .seconds(60) }

  private func text(_ outcome: LineReader.Outcome) -> String {
    switch outcome {
    case .line(let line): line
    case .end: "(end)"
    case .silence: "(silence)"
    case .tooLong: "(too long)"
    }
  }

  @Test("a line comes whole however it is written; a last one without newline is dropped")
  func lines() throws {
    let program = try program("printf 'a'; sleep 0.05; printf 'b\\n\\nc\\nlost'")
    #expect((0..<4).map { _ in text(program.nextLine(before: soon)) } == ["ab", "", "c", "(end)"])
  }

  @Test("what is written is read, and an answer comes back")
  func echo() throws {
    let program = try program("while read line; do echo \"<$line>\"; done")
    for word in ["one", "two"] {
      guard case .written = program.write(word, before: soon) else { throw CancellationError() }
      #expect(text(program.nextLine(before: soon)) == "<\(word)>")
    }
    program.endInput()
    #expect(text(program.nextLine(before: soon)) == "(end)")
    #expect(program.death().how == "exit status 0")
  }

  @Test("a line may have 16 MiB and no byte more", arguments: [(0, false), (1, true)])
  func longest(excess: Int, isTooLong: Bool) throws {
    let program = try program("head -c \((16 << 20) + excess) /dev/zero | tr '\\0' x; echo")
    let outcome = program.nextLine(before: soon)
    if isTooLong {
      #expect(text(outcome) == "(too long)")
    } else {
      #expect(text(outcome).utf8.count == 16 << 20)
    }
  }

  @Test("who neither answers nor reads is silent, and who has closed its input is at its end")
  func silence() throws {
    let long = String(repeating: "x", count: 1 << 20)
    let sleeping = try program("exec sleep 60")
    #expect(text(sleeping.nextLine(before: .now + .milliseconds(20))) == "(silence)")
    guard case .silence = sleeping.write(long, before: .now + .milliseconds(20)) else {
      Issue.record("a megabyte was taken by a program that reads nothing")
      return
    }
    let ended = try program("true")
    #expect(text(ended.nextLine(before: soon)) == "(end)")
    guard case .end = ended.write(long, before: soon) else {
      Issue.record("a megabyte was taken by a program that has ended")
      return
    }
  }

  @Test(
    "the way it ended is reported",
    arguments: [
      ("exit 3", "exit status 3", true), ("kill -9 $$", "killed by signal 9", false),
      ("exit 137", "exit status 137", false),
      (
        "exec >&-; exec sleep 60", "it closed its output and went on running, so it was killed", false
      ),
    ])
  func death(script: String, how: String, isOwnEnd: Bool) throws {
    let program = try program(script)
    #expect(text(program.nextLine(before: soon)) == "(end)")
    let death = program.death()
    #expect(death.how == how && death.isOwnEnd == isOwnEnd)
  }

  @Test("each of many that start at the same time is seen to end, though others go on running")
  func concurrentStarts() throws {
    // Foundation's own programs take the lock of none, and inherit whatever is open when they start.
    let bystanders = (0..<20).map { _ in
      let process = Process()
      process.executableURL = URL(filePath: "/bin/sleep")
      process.arguments = ["60"]
      return process
    }
    defer { for process in bystanders where process.isRunning { process.terminate() } }
    let programs = Programs()
    DispatchQueue.concurrentPerform(iterations: 40) { index in
      do {
        if index.isMultiple(of: 2) {
          try bystanders[index / 2].run()
        } else {
          programs.add(try program("exit 3"))
        }
      } catch {
        Issue.record(error)
      }
    }
    let begin = ContinuousClock.now
    for program in programs.all { #expect(program.death().how == "exit status 3") }
    #expect(programs.all.count == 20 && ContinuousClock.now - begin < .seconds(30))
  }

  /// `@unchecked Sendable`: a lock is around every change.
  private final class Programs: @unchecked Sendable {
    private let lock = NSLock()
    private(set) var all: [LineProgram] = []

    func add(_ program: LineProgram) { lock.withLock { all.append(program) } }
  }

  @Test("what is no program cannot be started, and the system says why")
  func missing() {
    let error = #expect(throws: LineProgram.CannotStart.self) {
      try LineProgram(.init(executable: URL(filePath: "/none/program"), arguments: []))
    }
    #expect(error?.reason == "No such file or directory")
  }
}
