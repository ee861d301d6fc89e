import Foundation
import Targets

extension DiscoveryDocument {
  /// One line per place and file, reasons indented below.
  public var text: String {
    var lines = ["haq searches for targets in this order, and uses the first file with an id.", ""]
    for (number, place) in places.enumerated() {
      lines.append("\(number + 1). \(place.path) (\(place.reason.rawValue))")
      switch place.state {
      case "absent": lines.append("     does not exist")
      case "read" where place.files.isEmpty: lines.append("     nothing in it is about this")
      case "read": break
      default: lines.append("     \(place.state)")
      }
      for file in place.files {
        let name = URL(filePath: file.path).lastPathComponent
        lines += Self.lines(
          "     \(name): \(file.verdict.rawValue)\(file.id.map { " as \($0)" } ?? "")", file.why)
      }
    }
    if let modelFiles {
      lines += ["", "haq searched for its model at:"]
      for file in modelFiles { lines += Self.lines("     \(file.path): \(file.verdict.rawValue)", file.why) }
    }
    lines += [""] + sandboxLines
    if !notes.isEmpty { lines += [""] + notes.map { "note: \($0)" } }
    return lines.joined(separator: "\n") + "\n"
  }

  private var sandboxLines: [String] {
    let head =
      sandbox.confinedBy.map { "A library is confined by: \($0)" }
      ?? "No library can be loaded: \(sandbox.problem ?? "")"
    return [
      head, "     required, or nothing is loaded: \(sandbox.required.joined(separator: "; "))",
      "     where the kernel grants them: \(sandbox.bestEffort.joined(separator: "; "))",
    ]
  }

  /// A reason of one line follows on the line; a longer one is below.
  private static func lines(_ head: String, _ why: String?) -> [String] {
    guard let why else { return [head] }
    let parts = why.split(separator: "\n").map(String.init)
    return parts.count == 1 ? ["\(head); \(why)"] : ["\(head):"] + parts.map { "       \($0)" }
  }
}
