import CConfinement
import CPlatform
import Glibc
import PluginLoading
import SystemLimits

/// One running `haq-sandbox`: asks it, one question at a time, and says what became of it when it does not answer.
///
/// Not safe to share between threads.
final class SandboxProcess {
  private let process: pid_t
  private let channel: Int32
  private let standardOutput: Int32
  private let standardError: Int32
  /// Closed with this object or this program, which ends the process.
  private let lifeline: Int32
  private let limits: SandboxLimits
  let progress: SharedProgress
  private let log: PluginLog

  private var frames = FrameAssembler()
  /// Where bytes of the channel arrive; kept, since the kernel clears as much new memory at every allocation.
  private var received = [UInt8](repeating: 0, count: FrameAssembler.portion)
  private var printed: [UInt8] = []
  private var errors: [UInt8] = []
  /// Where the line begins that has not ended yet.
  private var errorLine: [UInt8] = []
  private var ending: SandboxError.Ending?
  /// What confines the process; nil until it has said so, before it loads anything.
  private(set) var confinement: Confinement?
  /// Whether printing is left to the caller to judge.
  private let keepsPrinting: Bool

  /// The descriptors that `haq-sandbox` is started with.
  enum Descriptor {
    static let channel: Int32 = 3
    static let lifeline: Int32 = 4
    static let progress: Int32 = 5
    static let library: Int32 = 6
    /// The first of the library's dependencies.
    static let dependencies: Int32 = 7
    /// Above all of them.
    static let end = dependencies + Int32(SealedLibrary.dependencyLimit)
  }

  private static let keptText = 4_096

  /// Starts the program at `sandbox` with the library's bytes; throws `SandboxError` about `library`.
  init(
    sandbox: String, library: SealedLibrary, limits: SandboxLimits, log: PluginLog,
    keepsPrinting: Bool = false
  ) throws {
    func unable(_ what: String) -> SandboxError {
      SandboxError(
        subject: library.path, call: .start,
        ending: .cannotStart(reason: "\(what): \(ProcessLimits.text(ofError: errno))"))
    }
    guard let progress = SharedProgress() else { throw unable("no memory to share with it") }
    guard let pipes = Pipes() else { throw unable("no pipes to it") }
    // Other processes of the user could be read by a library where the kernel has no Landlock; this one never.
    guard confinement_hide_memory() == 0 else { throw unable("its memory cannot be hidden") }
    let needed = library.dependencies
    let arguments = SandboxArguments(limits, dependencies: needed.map(\.path))
    let texts = ([sandbox] + arguments.texts).map { strdup($0) }
    defer { for text in texts { free(text) } }
    let started = (texts.map { UnsafePointer($0) } + [nil]).withUnsafeBufferPointer { texts in
      let shared = ([progress.descriptor, library.descriptor] + needed.map(\.descriptor)).map {
        fcntl($0, F_DUPFD_CLOEXEC, Descriptor.end)
      }
      defer { for descriptor in shared { close(descriptor) } }
      return cplatform_spawn(
        sandbox, texts.baseAddress, pipes.child + shared,
        Descriptor.dependencies + Int32(needed.count))
    }
    pipes.closeChild()
    guard started > 0 else {
      let error = unable("\(sandbox) does not start")
      pipes.closeParent()
      throw error
    }
    process = started
    (channel, standardOutput, standardError, lifeline) = (
      pipes.channel, pipes.standardOutput, pipes.standardError, pipes.lifeline
    )
    self.limits = limits
    self.keepsPrinting = keepsPrinting
    self.progress = progress
    self.log = log
  }

  deinit {
    kill()
    for descriptor in [channel, standardOutput, standardError, lifeline] { close(descriptor) }
  }

  /// What the process last wrote to standard error.
  var lastWords: String {
    String(decoding: errors, as: UTF8.self).trimming(while: \.isWhitespace)
  }

  /// What the library printed since the last time.
  func takePrinted() -> String {
    defer { printed = [] }
    return String(decoding: printed, as: UTF8.self)
  }

  /// The answer to `request`; afterwards the process is of no more use if it threw an `Ending`.
  ///
  /// Throws `CancellationError` when the calling task is cancelled and the library does not stop within a second.
  func ask(_ request: Request) throws -> Reply {
    if let ending { throw SandboxEnded(ending) }
    if isStopped { signal(SIGCONT) }
    isStopped = request.isLast
    defer { if isStopped { signal(SIGSTOP) } }
    do {
      let reply = try exchange(request)
      if !printed.isEmpty, !keepsPrinting {
        throw SandboxEnded(.standardOutput(text: String(decoding: printed, as: UTF8.self)))
      }
      return reply
    } catch {
      kill()
      ending = (error as? SandboxEnded)?.ending ?? .signal(SIGKILL)
      throw error
    }
  }

  private func exchange(_ request: Request) throws -> Reply {
    let clock = ContinuousClock()
    let start = clock.now
    var deadline = start + .seconds(limits.timeoutSeconds)
    var outgoing = FrameAssembler.envelope(request.frame)[...]
    progress.isCancelled = false
    while true {
      let now = clock.now
      guard now < deadline else {
        if progress.isCancelled { throw CancellationError() }
        throw SandboxEnded(.timeout(seconds: limits.timeoutSeconds))
      }
      if Task.isCancelled, !progress.isCancelled {
        progress.isCancelled = true
        deadline = min(deadline, now + .seconds(1))
      }
      var polled = [
        pollfd(fd: channel, events: Int16(outgoing.isEmpty ? POLLIN : POLLIN | POLLOUT), revents: 0),
        pollfd(fd: standardOutput, events: Int16(POLLIN), revents: 0),
        pollfd(fd: standardError, events: Int16(POLLIN), revents: 0),
      ]
      // Short enough to notice a cancelled task; an answer ends the wait at once.
      let wait = min(0.1, now.duration(to: deadline).seconds)
      guard poll(&polled, 3, Int32((wait * 1_000).rounded(.up))) >= 0 else {
        guard errno == EINTR else { throw SandboxEnded(.unable(reason: String(cString: strerror(errno)))) }
        continue
      }
      if polled[0].revents & Int16(POLLOUT) != 0, !outgoing.isEmpty { send(&outgoing) }
      drainTexts()
      guard polled[0].revents & Int16(POLLIN | POLLHUP | POLLERR) != 0 else { continue }
      let isOpen = try receive()
      while let body = try nonsense({ () throws(FrameError) in try frames.next() }) {
        switch try nonsense({ () throws(FrameError) in try Reply(frame: body) }) {
        case .confined(let first) where confinement == nil: confinement = first
        // Only the first frame is surely not the library's.
        case .confined: throw SandboxEnded(.nonsense(problem: "says again how it is confined"))
        case let early where confinement == nil && !early.isRefusal:
          throw SandboxEnded(.nonsense(problem: "comes before it said how it is confined"))
        case .log(let line): log.report(level: line.level.rawValue, text: line.text)
        case let reply:
          // Whatever was printed before the answer was written is in the pipe by now.
          drainTexts()
          return reply
        }
      }
      guard isOpen else { throw SandboxEnded(death()) }
    }
  }

  private func nonsense<Result>(_ body: () throws(FrameError) -> Result) throws -> Result {
    do {
      return try body()
    } catch {
      throw SandboxEnded(.nonsense(problem: error.problem))
    }
  }

  /// A process that has gone shows when its answer is read.
  private func send(_ outgoing: inout ArraySlice<UInt8>) {
    let count = outgoing.withUnsafeBytes {
      Glibc.send(channel, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
    }
    if count > 0 { outgoing = outgoing.dropFirst(count) }
    if count < 0, errno == EPIPE || errno == ECONNRESET { outgoing = [] }
  }

  /// Takes what has come; false at the end.
  private func receive() throws -> Bool {
    let count = received.withUnsafeMutableBytes {
      recv(channel, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
    }
    if count > 0 { frames.append(received[..<count]) }
    return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))
  }

  private func drainTexts() {
    drain(standardOutput) { bytes in
      if printed.count < Self.keptText { printed += bytes }
    }
    drain(standardError) { bytes in
      errors = (errors + bytes).suffix(Self.keptText)
      errorLine += bytes
      while let end = errorLine.firstIndex(of: UInt8(ascii: "\n")) {
        let line = errorLine[..<end].prefix(Self.keptText)
        log.report(level: PluginLogLine.Level.warning.rawValue, text: String(decoding: line, as: UTF8.self))
        errorLine.removeFirst(end + 1)
      }
      errorLine = errorLine.suffix(Self.keptText)
    }
  }

  private func drain(_ descriptor: Int32, _ take: (ArraySlice<UInt8>) -> Void) {
    var buffer = [UInt8](repeating: 0, count: 1 << 12)
    // A library that writes without end must not keep us here.
    for _ in 0..<64 {
      let count = read(descriptor, &buffer, buffer.count)
      guard count > 0 else { return }
      take(buffer[..<count])
    }
  }

  /// Why the channel closed. A library may close it and go on; it is then ended.
  private func death() -> SandboxError.Ending {
    var status: Int32 = 0
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(1)
    while waitpid(process, &status, WNOHANG) == 0 {
      guard clock.now < deadline else {
        kill()
        return .closedChannel
      }
      usleep(1_000)
    }
    isReaped = true
    drainTexts()
    let signal = status & 0x7F
    return signal == 0 ? .exit(status: status >> 8 & 0xFF) : .signal(signal)
  }

  private var isReaped = false
  /// Between two batches no thread of the library runs.
  private var isStopped = false

  private func kill() {
    guard !isReaped else { return }
    // The process that watches over the library ends it and all of its namespace first.
    signal(SIGCONT)
    _ = Glibc.kill(process, SIGTERM)
    isReaped = true
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
  }

  /// Sends a signal to the library's process and the one that watches over it; nowhere once they have ended.
  private func signal(_ number: Int32) {
    guard !isReaped else { return }
    _ = Glibc.kill(-process, number)
  }
}

extension Reply {
  /// Whether this says that there is no sandbox.
  fileprivate var isRefusal: Bool {
    if case .unable = self { true } else { false }
  }
}

/// A process that is of no more use.
struct SandboxEnded: Error {
  let ending: SandboxError.Ending

  init(_ ending: SandboxError.Ending) { self.ending = ending }
}

extension Duration {
  fileprivate var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}

extension String {
  fileprivate func trimming(while isTrimmed: (Character) -> Bool) -> String {
    guard let first = firstIndex(where: { !isTrimmed($0) }), let last = lastIndex(where: { !isTrimmed($0) })
    else { return "" }
    return String(self[first...last])
  }
}
