import FixtureBuilding
import Foundation

/// `exceptions.txt`: the examples that are not run to a good end, with the reason.
struct Exceptions {
  enum Kind: String {
    /// Is not started.
    case notRun = "not run"
    /// Shows an error: it must end with exit code 1.
    case fails = "fails"
    /// Compares files that differ, and ends with exit code 1 as `diff` does.
    case differs = "differs"
    /// Is started with an evaluator that ends at once, so that its command line is checked and no more.
    case onlyRead = "only read"
    /// Runs, but prints other figures than the document shows.
    case figuresDiffer = "figures differ"
    /// Runs, but prints other lines than the document shows.
    case outputDiffers = "output differs"

    /// Whether the exception is about what is printed.
    var isOfOutput: Bool { self == .figuresDiffer || self == .outputDiffers }
  }

  struct Entry {
    var kind: Kind
    /// A command; or a document, a colon and the beginning of commands in it, all of which are meant.
    var subject: String
    var reason: String
  }

  let entries: [Entry]

  init() throws {
    let path = "\(Places.package)/Tests/Programs/CommandTests/Examples/exceptions.txt"
    var kind: Kind?
    var entries: [Entry] = []
    for line in try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "\n") {
      if line.hasPrefix("[") {
        kind = Kind(rawValue: line.trimmingCharacters(in: CharacterSet(charactersIn: "[]")))
      } else if let kind, !line.isEmpty, !line.hasPrefix("#") {
        let parts = line.components(separatedBy: " # ")
        guard parts.count == 2 else { throw NoReason(line: line) }
        entries.append(Entry(kind: kind, subject: parts[0], reason: parts[1]))
      }
    }
    self.entries = entries
  }

  struct NoReason: Error, CustomStringConvertible {
    var line: String
    var description: String { "exceptions.txt: \"\(line)\" is not a command, \" # \" and a reason" }
  }

  func kind(of example: Example) -> Kind? { entries.first { !$0.kind.isOfOutput && $0.fits(example) }?.kind }

  /// How what an example prints is compared; nil where it is not.
  func shownOutput(of example: Example) -> ShownOutput? {
    let kinds = entries.filter { $0.fits(example) }.map(\.kind)
    if kinds.contains(.outputDiffers) || kinds.contains(.notRun) || kinds.contains(.onlyRead) { return nil }
    let isShortened = Shortening.short(example.command) != example.command
    return ShownOutput(comparesFigures: !isShortened && !kinds.contains(.figuresDiffer))
  }
}

extension Exceptions.Entry {
  func fits(_ example: Example) -> Bool {
    subject == example.command || example.testDescription.hasPrefix(subject)
  }
}
