import Foundation

/// One line on standard error that says how far long work is; rewritten in place on a terminal.
final class ProgressLine {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let start = Date()
  private var lastPrinted = Date.distantPast
  /// In a log file, a line this often is enough.
  private static let interval: TimeInterval = 10

  /// Shows `text` with the time left, estimated from the share of the work done.
  func show(_ text: String, done: Int, of total: Int) {
    let now = Date()
    let left = now.timeIntervalSince(start) / Double(max(done, 1)) * Double(total - done)
    let line = "\(text), \(Self.duration(left)) left"
    if isTerminal {
      write("\r\u{1B}[K\(line)")
    } else if now.timeIntervalSince(lastPrinted) >= Self.interval || done == total {
      write(line + "\n")
      lastPrinted = now
    }
  }

  /// Shows `text` on a terminal, for work whose end nobody can estimate.
  func show(_ text: String) {
    if isTerminal { write("\r\u{1B}[K\(text)") }
  }

  /// Removes the line from a terminal.
  func clear() {
    if isTerminal { write("\r\u{1B}[K") }
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

  private static func duration(_ seconds: TimeInterval) -> String {
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    return whole < 3600 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole / 60 % 60) min"
  }
}
