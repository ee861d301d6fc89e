import Core
import Diagnostics
import Foundation

/// What TensorFlow Lite's `benchmark_model --enable_op_profiling=true` prints, or writes with `--profiling_output_csv_file`:
/// the operators of the regular runs, by their means. After its documentation; the program was not at hand.
enum TFLiteBenchmark {
  private static let what = "an operator profile of TensorFlow Lite's benchmark_model"
  private static let run = "Run Order"

  /// Operators in the order of execution; they have names and kinds, and no shapes.
  static func operators(in bytes: Data, file: String) throws -> [ProfiledOperator] {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Diagnostic("the file is not \(what): it is not UTF-8", at: .init(file: file))
    }
    let lines = text.split(separator: /\r?\n/, omittingEmptySubsequences: false).enumerated()
      .map { (number: $0 + 1, text: $1.trimmingCharacters(in: .whitespaces)) }
    // Initialization has a table of its own, before that of the runs.
    guard let title = lines.lastIndex(where: { $0.text.hasPrefix("===") && $0.text.contains(run) }) else {
      throw Diagnostic(
        "the file is not \(what): it has no table \"\(run)\"", at: .init(file: file),
        hint: "Run benchmark_model with --enable_op_profiling=true and keep what it prints.")
    }
    let table = lines.dropFirst(title + 1).prefix { !$0.text.isEmpty && !$0.text.hasPrefix("===") }
    guard let first = table.first else {
      throw Diagnostic(
        "the table \"\(run)\" is empty", at: .init(file: file, line: lines[title].number, column: 1))
    }
    let separator: Character = first.text.contains("\t") ? "\t" : ","
    let header = fields(first.text, separator).map {
      $0.lowercased().trimmingCharacters(in: ["[", "]"]).replacing("_", with: " ")
    }
    func column(_ name: String) throws -> Int {
      guard let position = header.firstIndex(of: name) else {
        throw Diagnostic(
          "the file is not \(what): it has no column \"\(name)\"",
          at: .init(file: file, line: first.number, column: 1))
      }
      return position
    }
    let (type, time, name) = (try column("node type"), try column("avg ms"), try column("name"))
    return try table.dropFirst().map { line in
      let values = fields(line.text, separator)
      guard values.count >= header.count else {
        throw Diagnostic(
          "the line has \(values.count) fields, and the header \(header.count)",
          at: .init(file: file, line: line.number, column: 1))
      }
      guard let milliseconds = Double(values[time]), milliseconds >= 0, milliseconds.isFinite else {
        throw Diagnostic(
          "\"avg ms\" is \"\(values[time].prefix(40))\"; it must be a number of at least 0",
          at: .init(file: file, line: line.number, column: 1))
      }
      let kinds = kinds(of: values[type])
      return ProfiledOperator(
        // A name may have commas: the outputs of an operator.
        name: values[name...].joined(separator: separator == "," ? ", " : "\t"), type: values[type],
        isLayer: kinds != nil,
        shapes: kinds.map { [ProfiledShape(kinds: $0)] } ?? [], times: [milliseconds * 1e-3])
    }
  }

  private static func fields(_ line: String, _ separator: Character) -> [String] {
    line.split(separator: separator, omittingEmptySubsequences: false)
      .map { $0.trimmingCharacters(in: .whitespaces) }
  }

  private static func kinds(of type: String) -> Set<Layer.Kind>? {
    switch type {
    case "CONV_2D": [.convolution]
    case "DEPTHWISE_CONV_2D": [.depthwise]
    case "TRANSPOSE_CONV": [.transposedConvolution]
    case "FULLY_CONNECTED": [.fullyConnected]
    case "BATCH_MATMUL": [.matmul]
    default: nil
    }
  }
}
