import Core
import Diagnostics
import Foundation
public import Rendering
import Synchronization

/// Where messages and progress go: messages above, and below them what is rewritten in place on a terminal.
public enum StandardError {
  /// Whether progress can be rewritten in place.
  public static let isLive =
    isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] ?? "dumb" != "dumb"

  /// By the convention of no-color.org.
  static let isColoured = isLive && ProcessInfo.processInfo.environment["NO_COLOR"] ?? "" == ""

  private struct State {
    var screen = LiveScreen()
    var lines: [String] = []
  }

  private static let state = Mutex(State())

  /// Writes a message, above what is shown in place; control characters in it are written out.
  public static func write(_ text: String) {
    state.withLock { state in
      let width = size.columns
      let erasure = state.screen.erasure(width: width)
      let again = state.lines.isEmpty ? "" : state.screen.frame(state.lines, width: width)
      put(erasure + text.visible + again)
    }
  }

  /// Replaces what is shown in place; nothing where that is not possible.
  public static func show(_ block: LiveBlock) {
    guard isLive else { return }
    let (columns, rows) = size
    // The last column stays free: terminals differ in what they do after it. So does the last row, for the cursor.
    show(block.text(width: columns - 1, height: rows - 1, isColoured: isColoured), columns)
  }

  /// Replaces what is shown in place by plain lines.
  public static func show(_ lines: [String]) {
    guard isLive else { return }
    let columns = size.columns
    show(lines.map { String($0.visibleLine.prefix(columns - 1)) }, columns)
  }

  private static func show(_ lines: [String], _ columns: Int) {
    state.withLock { state in
      state.lines = lines
      put(state.screen.frame(lines, width: columns))
    }
  }

  /// Removes what is shown in place.
  public static func clear() {
    guard isLive else { return }
    state.withLock { state in
      state.lines = []
      put(state.screen.erasure(width: size.columns))
    }
  }

  /// Of the window now; what is unknown is 80 by 24.
  private static var size: (columns: Int, rows: Int) {
    var size = winsize()
    guard isLive, ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 1, size.ws_row > 1 else {
      return (80, 24)
    }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// Whether a text could not be written; the program then ends with an error.
  public static var hasLostText: Bool { lostText.load(ordering: .relaxed) }

  private static let lostText = Atomic(false)
  private static let isClosed = Atomic(false)

  /// To be called when the program was started without a standard error.
  public static func setClosed() { isClosed.store(true, ordering: .relaxed) }

  /// In one write, so that a terminal never draws half of it.
  private static func put(_ text: String) {
    guard !text.isEmpty else { return }
    if isClosed.load(ordering: .relaxed) || !StandardStreams.write(text, to: STDERR_FILENO) {
      lostText.store(true, ordering: .relaxed)
    }
  }
}
