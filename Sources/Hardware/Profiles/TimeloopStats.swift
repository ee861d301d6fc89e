import Core
import Diagnostics
import Foundation

/// Timeloop's `timeloop-mapper.stats.txt` or `timeloop-model.stats.txt`: one layer a file. Several are read from one file as
/// `tail -n +1 */timeloop-mapper.stats.txt` writes it, with a line `==> FOLDER/FILE <==` before each; the folder names the
/// layer. After the source of Timeloop's reports; no file made by Timeloop was at hand.
enum TimeloopStats {
  private static let what = "a stats.txt of Timeloop"

  static func operators(in bytes: Data, file: String) throws -> [ProfiledOperator] {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Diagnostic("the file is not \(what): it is not UTF-8", at: .init(file: file))
    }
    let ownName = URL(filePath: file).deletingLastPathComponent().lastPathComponent
    var parts = [Part(name: ownName, line: 1)]
    for (index, line) in text.split(separator: /\r?\n/, omittingEmptySubsequences: false).enumerated() {
      if let match = line.wholeMatch(of: /==> (.+) <==\s*/) {
        parts.append(Part(name: name(ofFile: String(match.1)), line: index + 1))
      } else {
        parts[parts.count - 1].lines.append(line.trimmingCharacters(in: .whitespaces))
      }
    }
    // Before the first mark there is nothing.
    if parts.count > 1 { parts.removeFirst() }
    return try parts.map { try $0.profiled(in: file) }
  }

  /// The folder of a layer's file; its name without ending where it has none.
  private static func name(ofFile path: String) -> String {
    let url = URL(filePath: path)
    let folders = path.split(separator: "/").dropLast()
    return folders.last.map(String.init) ?? url.deletingPathExtension().lastPathComponent
  }

  private struct Part {
    var name: String
    var line: Int
    var lines: [String] = []

    func profiled(in file: String) throws -> ProfiledOperator {
      let place = Diagnostic.Place(file: file, line: line, column: 1)
      guard let start = lines.firstIndex(of: "Summary Stats") else {
        throw Diagnostic("the file is not \(what): it has no \"Summary Stats\"", at: place)
      }
      let summary = lines[start...]
      guard let cycles = number(after: "Cycles:", in: summary), cycles >= 0 else {
        throw Diagnostic("the \"Summary Stats\" have no \"Cycles:\"", at: place)
      }
      // Sparse designs state what was to be computed, and what was.
      guard
        let computes = number(after: "Algorithmic Computes =", in: summary)
          ?? number(after: "Computes =", in: summary), computes >= 1, computes < 1e15
      else {
        throw Diagnostic("the \"Summary Stats\" have no \"Computes =\" of 1 to 1e15", at: place)
      }
      var shape = ProfiledShape(kinds: [
        .convolution, .depthwise, .transposedConvolution, .fullyConnected, .matmul,
      ])
      shape.multiplyAccumulates = Int(computes)
      return ProfiledOperator(
        name: name, type: "layer", isLayer: true, shapes: [shape], precision: precision, times: [cycles])
    }

    /// The words of the arithmetic, which is the first level.
    private var precision: Precision? {
      let words = lines.lazy.compactMap { $0.wholeMatch(of: /Word bits\s*:\s*([0-9]+)/) }.first
      return words.flatMap { Int($0.1) }.flatMap { BitWidth($0) }.map {
        Precision(weight: $0, activation: $0)
      }
    }

    private func number(after title: String, in lines: ArraySlice<String>) -> Double? {
      lines.first { $0.hasPrefix(title) }.flatMap {
        Double($0.dropFirst(title.count).trimmingCharacters(in: .whitespaces))
      }.flatMap { $0.isFinite ? $0 : nil }
    }
  }
}
