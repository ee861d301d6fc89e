/// A terminal that draws what a program writes, as far as ours may write: anything else is kept as a complaint.
struct TerminalScreen {
  private(set) var rows: [[Character]] = [[]]
  private(set) var cursor = (row: 0, column: 0)
  /// What stood on the screen at the end of each synchronised update.
  private(set) var snapshots: [[String]] = []
  private(set) var complaints: [String] = []
  private var width: Int
  private var pending: [Character] = []
  private var isUpdating = false

  init(width: Int) { self.width = width }

  /// Without blank ends.
  var lines: [String] {
    rows.map { row in String(row).replacing(/\s+$/, with: "") }
  }

  mutating func write(_ text: String) {
    for character in text { write(character) }
  }

  private mutating func write(_ character: Character) {
    if !pending.isEmpty || character == "\u{1B}" {
      pending.append(character)
      if pending.count > 2, character.isLetter { interpret() }
      return
    }
    switch character {
    case "\r": cursor.column = 0
    case "\n": down()
    case "\r\n":
      cursor.column = 0
      down()
    default:
      // Of a block this may not happen; messages are wrapped.
      if isUpdating, cursor.column >= width - 1 { complaints.append("the last column was written") }
      if cursor.column >= width {
        cursor.column = 0
        down()
      }
      if !isUpdating, !snapshots.isEmpty { complaints.append("\(character) outside an update") }
      while rows[cursor.row].count <= cursor.column { rows[cursor.row].append(" ") }
      rows[cursor.row][cursor.column] = character
      cursor.column += 1
    }
  }

  /// Wraps the lines that are now too long, and keeps the cursor on its line, as today's terminals do.
  mutating func resize(width: Int) {
    self.width = width
    var wrapped: [[Character]] = []
    var row = 0
    for (index, line) in rows.enumerated() {
      if index == cursor.row { row = wrapped.count }
      var rest = line[...]
      repeat {
        wrapped.append(Array(rest.prefix(width)))
        rest = rest.dropFirst(width)
      } while !rest.isEmpty
    }
    rows = wrapped
    cursor.row = row
  }

  private mutating func down() {
    cursor.row += 1
    if cursor.row == rows.count { rows.append([]) }
  }

  private mutating func interpret() {
    let sequence = String(pending.dropFirst())
    pending = []
    switch sequence {
    case "[K": rows[cursor.row] = Array(rows[cursor.row].prefix(cursor.column))
    case "[J":
      rows[cursor.row] = Array(rows[cursor.row].prefix(cursor.column))
      rows.removeSubrange((cursor.row + 1)...)
    case "[?2026h": isUpdating = true
    case "[?2026l":
      isUpdating = false
      snapshots.append(lines)
    default:
      if sequence.hasSuffix("m") { return }
      guard let up = sequence.wholeMatch(of: /\[(\d+)A/).flatMap({ Int($0.1) }), up <= cursor.row else {
        return complaints.append(sequence)
      }
      cursor.row -= up
    }
  }
}
