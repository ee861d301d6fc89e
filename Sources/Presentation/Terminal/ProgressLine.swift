import Foundation
import Rendering

/// One line on standard error that says how far long work is; rewritten in place on a terminal.
public final class ProgressLine {
  private var pace = WorkPace()
  private var lastPrinted = Date.distantPast
  /// In a log file, a line this often is enough.
  private static let interval: TimeInterval = 10

  public init() {}

  /// The work begins now: what was before, such as loading a network, is no part of it.
  public func begin() { pace.note(done: 0, at: Date().timeIntervalSinceReferenceDate) }

  /// Other work begins, of which nothing is known.
  public func forget() { pace.forget() }

  /// Shows `text` with the time left, as far as it is known.
  ///
  /// - Parameter isReplayed: Whether this much was done by an earlier process; it says nothing about the pace.
  public func show(_ text: String, done: Int, of total: Int, isReplayed: Bool = false) {
    let now = Date()
    if isReplayed { forget() } else { pace.note(done: done, at: now.timeIntervalSinceReferenceDate) }
    let left = pace.secondsLeft(of: total, at: now.timeIntervalSinceReferenceDate)
    let line = text + (left.map { ", \(Duration.text(seconds: $0)) left" } ?? "")
    if StandardError.isLive {
      StandardError.show([line])
    } else if now.timeIntervalSince(lastPrinted) >= Self.interval || done == total {
      StandardError.write(line + "\n")
      lastPrinted = now
    }
  }

  /// Shows `text` on a terminal, for work whose duration cannot be estimated.
  public func show(_ text: String) { StandardError.show([text]) }

  /// Removes the line from a terminal.
  public func clear() { StandardError.clear() }
}
