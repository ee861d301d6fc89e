import Foundation

/// What a document shows below a command, compared with what the command prints.
///
/// Each line must be printed. Spaces, rules, bars and the folder of a path differ with the width of columns, the time
/// and the machine, and are not compared; `...` stands for anything.
struct ShownOutput {
  /// Whether figures are compared too. They are not where the test runs a smaller search or another network than the
  /// document, whose shape the output has all the same.
  var comparesFigures: Bool

  /// The lines of `shown` that are not among the lines of `printed`.
  func missing(_ shown: [String], from printed: String) -> [String] {
    let lines = printed.split(separator: "\n").map(String.init)
    return shown.filter { line in
      let pattern = pattern(line)
      return !lines.contains { $0.range(of: pattern, options: .regularExpression) != nil }
    }
  }

  /// A regular expression for what stands for `line`.
  func pattern(_ line: String) -> String {
    let pieces = line.matches(of: Self.unstable)
    var pattern = "^\\s*"
    var place = line.startIndex
    for piece in pieces {
      pattern += NSRegularExpression.escapedPattern(for: String(line[place..<piece.range.lowerBound]))
      pattern += replacement(for: piece.output)
      place = piece.range.upperBound
    }
    pattern += NSRegularExpression.escapedPattern(for: String(line[place...]))
    return pattern + "\\s*$"
  }

  private static var unstable: Regex<Substring> {
    /\.\.\.|\s+|─+|[█░▇▒]+|\/home\/you\/|\d{4}-\d\d-\d\d \d\d:\d\d|[0-9a-f]{32,64}|\d+(?:\.\d+)?(?: (?:[mµn]?s|[mµn]?J|[kKMG])\b)?/
  }

  private func replacement(for piece: Substring) -> String {
    switch piece.first {
    case "." where piece == "...": ".*"
    case "─": "─+"
    case "█", "░", "▇", "▒": "[█░▇▒]+"
    case "/": "\\S*/"
    case let first? where first.isWhitespace: "\\s+"
    default:
      if piece.count >= 32 {
        "[0-9a-f]{\(piece.count)}"
      } else if piece.contains("-") {
        "[-0-9]+ [:0-9]+"
      } else if comparesFigures {
        NSRegularExpression.escapedPattern(for: String(piece))
      } else {
        // With its unit, whose prefix follows the figure: µs may be ms.
        piece.contains(" ") ? "[0-9.]+ [A-Za-zµ]+" : "[0-9.]+"
      }
    }
  }
}
