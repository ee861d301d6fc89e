import Core
import Diagnostics

/// The first line of a table: which column is what.
struct SheetHeader {
  let metrics: [Metric]
  let latencyUnit: CostSheet.LatencyUnit
  let identity: CostSheet.Identity
  let count: Int
  private let positions: [String: Int]

  /// The columns that describe a layer's shape; a table has all of them or none.
  static let shape = [
    "kind", "groups", "in_channels", "out_channels", "input", "output", "kernel", "stride",
  ]
  /// Columns of a shape that a table may leave out.
  static let window = ["dilation", "padding"]
  private static let points = ["layer", "name", "batch", "weight_bits", "activation_bits"]
  private static let costs = ["cycles"] + Metric.ofTargets.map(\.rawValue)
  private static let known = points + costs + shape + window

  /// Throws `Diagnostics` with everything that is wrong with the header; without it no row can be judged.
  init(_ record: CSVText.Record, hasClock: Bool) throws {
    var problems: [Diagnostic] = []
    var positions: [String: Int] = [:]
    for (index, field) in record.fields.enumerated() where !field.text.hasPrefix("x-") {
      if !Self.known.contains(field.text) {
        problems.append(Self.unknown(field))
      } else if positions.updateValue(index, forKey: field.text) != nil {
        problems.append(Diagnostic("there are two columns \"\(field.text)\"", at: field.place))
      }
    }
    func demand(_ isTrue: Bool, _ message: String, hint: String? = nil) {
      if !isTrue { problems.append(Diagnostic(message, at: record.place, hint: hint)) }
    }
    for column in ["weight_bits", "activation_bits"] {
      demand(positions[column] != nil, "the table lacks the column \"\(column)\"")
    }
    let cycles = positions["cycles"] != nil
    let seconds = positions[Metric.latency.rawValue] != nil
    demand(
      cycles || seconds, "the table lacks a column of latencies: \"latency_s\", or \"cycles\" of the clock")
    demand(
      !(cycles && seconds), "the table has both \"latency_s\" and \"cycles\"", hint: "Remove one of them.")
    if cycles, !hasClock { problems.append(Self.noClock(at: record.place)) }
    let shape = Self.shape.filter { positions[$0] != nil }
    let absent = Self.shape.filter { positions[$0] == nil }.map { "\"\($0)\"" }.joined(separator: ", ")
    demand(
      shape.isEmpty || shape.count == Self.shape.count,
      "the table describes shapes in part: it lacks the columns \(absent)",
      hint: "Add them, or leave all columns of shapes out.")
    for column in Self.window where positions[column] != nil {
      demand(!shape.isEmpty, "the table has the column \"\(column)\", but no columns of shapes")
    }
    demand(
      positions["name"] != nil || positions["layer"] != nil || !shape.isEmpty,
      "the table does not say which layer a row is about: it lacks the column \"name\" or \"layer\"")
    guard problems.isEmpty else { throw Diagnostics(problems) }
    self.positions = positions
    count = record.fields.count
    latencyUnit = cycles ? .cycles : .seconds
    identity = !shape.isEmpty ? .shapes : positions["name"] != nil ? .names : .positions
    metrics = Metric.ofTargets.filter { $0 == .latency || positions[$0.rawValue] != nil }
  }

  /// For cycles that cannot become seconds.
  static func noClock(at place: Diagnostic.Place) -> Diagnostic {
    Diagnostic(
      "the table counts cycles, and the target states no clock", at: place,
      hint: "Give the spec the parameter \"clock_hz\".")
  }

  /// The field of `column` in a record that has as many fields as the header.
  func field(_ column: String, of record: CSVText.Record) -> CSVText.Field? {
    positions[column].map { record.fields[$0] }
  }

  /// How the column of `metric` is called.
  func column(of metric: Metric) -> String {
    metric == .latency && latencyUnit == .cycles ? "cycles" : metric.rawValue
  }

  private static func unknown(_ field: CSVText.Field) -> Diagnostic {
    let listed = known.map { "\"\($0)\"" }.joined(separator: ", ")
    return Diagnostic(
      "\"\(field.text.prefix(60))\" is not a column of a cost table; there are \(listed)", at: field.place,
      hint: Suggestion.sentence(for: field.text, among: known)
        ?? "A column whose name begins with x- is ignored.")
  }
}
