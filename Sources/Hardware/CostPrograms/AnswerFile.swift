import Conversations
public import Foundation
import Glibc
import Hashing

/// The answers of one setup, kept in a file beside the spec; `docs/cost-programs.md` section 6.
///
/// Lines are only added, each written whole with its checksum, so that nothing that was read is lost when this program
/// is killed. Not safe to share between threads.
public final class AnswerFile {
  /// Nil where nothing is to be kept.
  private let path: String?
  private let setup: String
  private var answers: [CostQuestion: RecordedAnswer] = [:]
  /// What has to be written before the first answer: which setup it is of. Nil once the file has it.
  private var heading: String?
  private var descriptor: Int32 = -1
  private var lastSynchronized = ContinuousClock.now

  /// An answer and when it was given.
  public struct RecordedAnswer: Hashable, Sendable {
    public var answer: CostAnswer
    /// In ISO 8601, UTC, to the second.
    public var at: String
  }

  private struct Line: Codable {
    var setup: String
    /// On the line that says what the setup is.
    var facts: AnswerSetup?
    var question: CostQuestion?
    var answer: CostAnswer?
    var at: String?
  }

  /// The answers that are recorded for `setup`.
  ///
  /// - Parameters:
  ///   - path: Nil to keep them in memory alone.
  ///   - contents: Of the file at `path`; nil where there is none yet.
  ///
  /// Throws `CostProgramError.notAnswers` for a file that has other things.
  public init(path: String?, contents: Data?, setup: AnswerSetup) throws {
    self.path = path
    self.setup = try setup.id
    heading = try Self.sealed(Line(setup: self.setup, facts: setup))
    var hasLines = false
    for bytes in (contents ?? Data()).split(separator: UInt8(ascii: "\n")) {
      guard let line = Self.unsealed(bytes) else { continue }
      hasLines = true
      guard line.setup == self.setup else { continue }
      heading = nil
      guard let question = line.question, let answer = line.answer, let at = line.at else { continue }
      answers[question] = RecordedAnswer(answer: answer, at: at)
    }
    guard hasLines || (contents ?? Data()).isEmpty || Self.isTorn(contents ?? Data()) else {
      throw CostProgramError.notAnswers(path: path ?? "")
    }
  }

  deinit {
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  /// What was recorded.
  public subscript(question: CostQuestion) -> RecordedAnswer? { answers[question] }

  /// What was recorded, if it is still an answer that the program could give.
  func possible(_ question: CostQuestion, _ description: ProgramDescription) -> RecordedAnswer? {
    guard let recorded = self[question] else { return nil }
    return (try? recorded.answer.requirePossible(of: description)) == nil ? nil : recorded
  }

  /// Writes an answer down; throws `CostProgramError.cannotRecord`.
  public func record(_ answer: CostAnswer, to question: CostQuestion, at date: Date = Date()) throws {
    let at = date.formatted(.iso8601)
    let line = try Self.sealed(Line(setup: setup, question: question, answer: answer, at: at))
    try append((heading.map { $0 + "\n" } ?? "") + line + "\n")
    heading = nil
    answers[question] = RecordedAnswer(answer: answer, at: at)
  }

  /// Adds lines behind what other processes have added, and behind half a line that a killed one left.
  private func append(_ text: String) throws(CostProgramError) {
    guard let path else { return }
    if descriptor < 0 {
      descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
      guard descriptor >= 0 else { throw failure(path) }
    }
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else { throw failure(path) }
    }
    defer { flock(descriptor, LOCK_UN) }
    var bytes = Array(text.utf8)
    if let last = try lastByte(path), last != UInt8(ascii: "\n") { bytes.insert(UInt8(ascii: "\n"), at: 0) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = write(descriptor, Array(rest), rest.count)
      guard count >= 0 || errno == EINTR else { throw failure(path) }
      rest = rest.dropFirst(max(0, count))
    }
    if ContinuousClock.now - lastSynchronized > .seconds(1) {
      fsync(descriptor)
      lastSynchronized = .now
    }
  }

  private func lastByte(_ path: String) throws(CostProgramError) -> UInt8? {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(path) }
    guard status.st_size > 0 else { return nil }
    var byte: UInt8 = 0
    guard pread(descriptor, &byte, 1, status.st_size - 1) == 1 else { throw failure(path) }
    return byte
  }

  private func failure(_ path: String) -> CostProgramError {
    .cannotRecord(path: path, reason: String(cString: strerror(errno)))
  }

  private static let digits = 16

  private static func sealed(_ line: Line) throws -> String {
    let text = try MessageLine.encode(line)
    return "\(Data(text.utf8).sha256.prefix(digits)) \(text)"
  }

  /// Nil for a line that is not whole, or not what was written.
  private static func unsealed(_ bytes: Data) -> Line? {
    let text = bytes.dropFirst(digits + 1)
    guard bytes.count > digits + 1, bytes.prefix(digits).elementsEqual(Data(text).sha256.utf8.prefix(digits))
    else { return nil }
    return try? MessageLine.decode(from: String(decoding: text, as: UTF8.self))
  }

  /// Whether all there is may be the beginning of a first line.
  private static func isTorn(_ contents: Data) -> Bool {
    let head = contents.prefix(digits)
    let isChecksum = head.allSatisfy { "0123456789abcdef".utf8.contains($0) }
    return isChecksum && !contents.contains(UInt8(ascii: "\n"))
      && (contents.count <= digits || contents[contents.startIndex + digits] == UInt8(ascii: " "))
  }
}
