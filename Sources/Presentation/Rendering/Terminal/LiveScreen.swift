/// The bytes that keep a block in place on a terminal, below everything written before it.
///
/// The cursor rests at the start of the line below the block and is never hidden: however a program ends, a shell goes on
/// there, and there is nothing to restore. A frame is one string, between the marks of a synchronised update, which
/// terminals that do not know them skip; lines are overwritten and their rests erased, so nothing flickers.
public struct LiveScreen: Sendable {
  /// Columns of each line on the screen now.
  private var shown: [Int] = []

  public init() {}

  /// Replaces what is shown by `lines`, in which escape sequences take no columns.
  ///
  /// - Parameter width: Of the window now; lines written when it was wider have been wrapped by the terminal since.
  public mutating func frame(_ lines: [String], width: Int) -> String {
    let text =
      start(width: width) + lines.map { "\($0)\u{1B}[K\r\n" }.joined() + "\u{1B}[J"
    shown = lines.map(Self.columns)
    return "\u{1B}[?2026h\(text)\u{1B}[?2026l"
  }

  /// Removes the block, so that other text can be written where it was.
  public mutating func erasure(width: Int) -> String {
    defer { shown = [] }
    return shown.isEmpty ? "" : start(width: width) + "\u{1B}[J"
  }

  /// To the first column of the first line.
  private func start(width: Int) -> String {
    let rows = shown.reduce(0) { $0 + max(1, ($1 + max(1, width) - 1) / max(1, width)) }
    return rows == 0 ? "\r" : "\r\u{1B}[\(rows)A"
  }

  /// Without the escape sequences for style.
  private static func columns(of line: String) -> Int {
    var count = 0
    var isEscape = false
    for character in line {
      if character == "\u{1B}" { isEscape = true } else if !isEscape { count += 1 }
      if isEscape, character == "m" { isEscape = false }
    }
    return count
  }
}
