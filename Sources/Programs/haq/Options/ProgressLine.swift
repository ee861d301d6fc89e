import Foundation
import Rendering

/// One line on standard error that says how far long work is; rewritten in place on a terminal.
final class ProgressLine {
  private let start = Date()
  private var lastPrinted = Date.distantPast
  /// In a log file, a line this often is enough.
  private static let interval: TimeInterval = 10

  /// Shows `text` with the time left, estimated from the share of the work done.
  func show(_ text: String, done: Int, of total: Int) {
    let now = Date()
    let left = now.timeIntervalSince(start) / Double(max(done, 1)) * Double(total - done)
    let line = "\(text), \(Duration.text(seconds: left)) left"
    if StandardError.isLive {
      StandardError.show([line])
    } else if now.timeIntervalSince(lastPrinted) >= Self.interval || done == total {
      StandardError.write(line + "\n")
      lastPrinted = now
    }
  }

  /// Shows `text` on a terminal, for work whose duration cannot be estimated.
  func show(_ text: String) { StandardError.show([text]) }

  /// Removes the line from a terminal.
  func clear() { StandardError.clear() }
}
