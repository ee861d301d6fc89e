import Diagnostics
package import Foundation
import Glibc
import SystemLimits

/// A program in a child process that is written to, and read from, line by line: an evaluator or a cost program.
///
/// Not safe to share between threads.
package final class LineProgram {
  private let process = Process()
  private let requests: FileHandle
  private let writer: LineWriter
  private let reader: LineReader
  private let patience: Duration?

  /// How it is started.
  package struct Launch: Sendable {
    package var executable: URL
    package var arguments: [String]
    /// Where it works; nil for the caller's own folder.
    package var folder: URL?
    /// File that its standard error is appended to; nil uses the caller's.
    package var log: URL?
    /// How long it may take to end when it is asked to, before it is killed. A program that stands for one on another
    /// machine needs it to end that one; others are killed at once.
    package var patience: Duration?

    package init(executable: URL, arguments: [String], folder: URL? = nil, log: URL? = nil) {
      self.executable = executable
      self.arguments = arguments
      self.folder = folder
      self.log = log
    }
  }

  /// Why the system did not start it.
  package struct CannotStart: Error {
    package var reason: String
  }

  /// Throws `CannotStart`, or a file error when the log cannot be opened.
  package init(_ launch: Launch) throws {
    // A write to a program that has died must be an error, not the end of this program.
    signal(SIGPIPE, SIG_IGN)
    patience = launch.patience
    let (input, output) = (Pipe(), Pipe())
    Self.keepFromOtherChildren([input, output])
    process.executableURL = launch.executable
    process.arguments = launch.arguments
    if let folder = launch.folder { process.currentDirectoryURL = folder }
    process.environment = Self.environment(from: ProcessInfo.processInfo.environment)
    process.standardInput = input
    process.standardOutput = output
    if let log = launch.log { process.standardError = try Self.appending(to: log) }
    do {
      try ProcessLimits.requireThread()
      Self.starting.lock()
      defer { Self.starting.unlock() }
      try process.run()
    } catch {
      throw CannotStart(reason: error.systemReason)
    }
    requests = input.fileHandleForWriting
    writer = LineWriter(descriptor: requests.fileDescriptor)
    reader = LineReader(descriptor: output.fileHandleForReading.fileDescriptor, keepingOpen: output)
  }

  deinit { end() }

  /// Of the running program.
  package var processIdentifier: Int32 { process.processIdentifier }

  /// Sends a line, which must not have a newline.
  ///
  /// - Parameter deadline: When it must have been taken; nil waits for ever.
  package func write(_ line: String, before deadline: ContinuousClock.Instant?) -> LineWriter.Outcome {
    writer.write(line + "\n", before: deadline)
  }

  /// The next line of its output.
  ///
  /// - Parameter deadline: When it must have come whole; nil waits for ever.
  package func nextLine(before deadline: ContinuousClock.Instant?) -> LineReader.Outcome {
    reader.next(before: deadline)
  }

  /// Closes its input, which ends a well-behaved one.
  package func endInput() { try? requests.close() }

  /// Closes its input, and terminates it.
  package func end() {
    endInput()
    if process.isRunning { process.terminate() }
  }

  /// Kills it; with patience, only when it does not end as it is asked to.
  package func kill() {
    if let patience {
      end()
      if ending(within: patience) != nil { return }
    }
    Glibc.kill(process.processIdentifier, SIGKILL)
    while ending == nil { usleep(1_000) }
  }

  /// How it ended, once it has; nil when it runs for longer.
  private func ending(within time: Duration) -> (isExit: Bool, status: Int32)? {
    let deadline = ContinuousClock.now + time
    while true {
      if let ending { return ending }
      guard ContinuousClock.now < deadline else { return nil }
      usleep(5_000)
    }
  }

  /// How it ended; nil while it runs, and for the moment in which Foundation has collected it and does not say so yet.
  ///
  /// Asks the system. Foundation learns of an end from a socket, which programs that are started at the same moment inherit
  /// and hold open as long as they run.
  private var ending: (isExit: Bool, status: Int32)? {
    var information = siginfo_t()
    // Left for Foundation to collect.
    guard waitid(P_PID, id_t(process.processIdentifier), &information, WEXITED | WNOHANG | WNOWAIT) == 0
    else {
      // It has collected it.
      return process.isRunning ? nil : (process.terminationReason == .exit, process.terminationStatus)
    }
    let child = information._sifields._sigchld
    guard child.si_pid != 0 else { return nil }
    return (information.si_code == CLD_EXITED, child.si_status)
  }

  /// One program is started at a time, so that none inherits the socket of another.
  private static let starting = NSLock()

  /// How a program ended.
  package struct Death {
    /// In a few words, such as `exit status 3`.
    package var how: String
    /// Whether it ended by itself, rather than by a signal or because it had to be killed.
    package var isOwnEnd: Bool
    /// Whether there may be last words of it in its log.
    package var hasLastWords = true

    package init(how: String, isOwnEnd: Bool, hasLastWords: Bool = true) {
      (self.how, self.isOwnEnd, self.hasLastWords) = (how, isOwnEnd, hasLastWords)
    }
  }

  /// Called at the end of its output; one that continues to run could never reply again, and is killed.
  package func death() -> Death {
    guard let (isExit, status) = ending(within: max(patience ?? .zero, .seconds(2))) else {
      kill()
      return Death(
        how: "it closed its output and went on running, so it was killed", isOwnEnd: false,
        hasLastWords: false)
    }
    guard isExit else {
      return Death(how: "killed by signal \(status)", isOwnEnd: false)
    }
    // A shell between says that a signal killed the program by a status above this.
    return Death(how: "exit status \(status)", isOwnEnd: status <= 128)
  }

  /// A program started meanwhile must not inherit these ends: it would hold the pipe open after this one's death, whose
  /// end would then never be read.
  private static func keepFromOtherChildren(_ pipes: [Pipe]) {
    for handle in pipes.flatMap({ [$0.fileHandleForReading, $0.fileHandleForWriting] }) {
      _ = fcntl(handle.fileDescriptor, F_SETFD, FD_CLOEXEC)
    }
  }

  /// libgomp's threads spin at barriers by default, which costs ten times the work
  /// itself when another program wants a core. A value that the user has set is kept.
  private static func environment(from environment: [String: String]) -> [String: String] {
    environment.merging(["OMP_WAIT_POLICY": "passive"]) { own, _ in own }
  }

  private static func appending(to log: URL) throws -> FileHandle {
    if !FileManager.default.fileExists(atPath: log.path) { try Data().write(to: log) }
    let handle = try FileHandle(forWritingTo: log)
    try handle.seekToEnd()
    return handle
  }
}
