import Core
import Diagnostics

/// The first line of a table: which column is what.
struct SheetHeader {
  let metrics: [Metric]
  let latencyUnit: CostSheet.LatencyUnit
  let identity: CostSheet.Identity
  let count: Int
  /// In the order of the file.
  let columns: [SheetColumn]
  /// Whether widths are in the header, so that a row has the costs of several points.
  let isWide: Bool
  private let positions: [String: Int]
  /// The columns of costs, by metric.
  private let costs: [Metric: [CostColumn]]

  /// A column of costs.
  struct CostColumn {
    let position: Int
    let header: String
    let unit: CostUnit
    /// What the header says; nil where the row does.
    let precision: Precision?
  }

  /// The columns that describe a layer's shape; a table has all of them or none.
  static let shape = [
    "kind", "groups", "in_channels", "out_channels", "input", "output", "kernel", "stride",
  ]
  /// Columns of a shape that a table may leave out.
  static let window = ["dilation", "padding"]
  /// The columns that are no costs.
  static let described =
    ["layer", "name", "batch", "bits"] + (bits + formats) + shape + window
  static let bits = ["weight_bits", "activation_bits", "output_bits"]
  /// The names of formats, beside the columns of bits or in their place.
  static let formats = ["weight_format", "activation_format", "output_format"]

  /// Throws `Diagnostics` with everything that is wrong with the header; without it no row can be judged.
  ///
  /// - Parameters:
  ///   - rows: Tell whether a column "layer" holds numbers or names.
  ///   - unit: Of latencies whose header states none.
  init(
    _ record: CSVText.Record, rows: ArraySlice<CSVText.Record>, hasClock: Bool, unit: CostUnit? = nil
  ) throws {
    var problems: [Diagnostic] = []
    var positions: [String: Int] = [:]
    var costs: [Metric: [CostColumn]] = [:]
    let columns = record.fields.map { SheetColumn($0.text) }
    for (index, (field, column)) in zip(record.fields, columns).enumerated() {
      switch column.meaning {
      case .ignored: continue
      case .described(let name):
        guard positions.updateValue(index, forKey: name) != nil else { continue }
        problems.append(Diagnostic("there are two columns \"\(name)\"", at: field.place))
      case .unknownUnit(let metric, let word):
        problems.append(Self.unknownUnit(word, of: metric, field))
      case .cost(let metric, let stated, let precision):
        guard let unit = stated ?? (metric == .latency ? unit : nil) else {
          problems.append(Self.noUnit(of: metric, field))
          continue
        }
        if let same = costs[metric]?.first(where: { $0.precision == precision }) {
          problems.append(
            Diagnostic(
              "the table has both \"\(same.header)\" and \"\(field.text)\"", at: field.place,
              hint: "Remove one of them."))
        }
        costs[metric, default: []].append(
          CostColumn(position: index, header: field.text, unit: unit, precision: precision))
      }
    }
    let latencies = costs[.latency] ?? []
    let isWide = columns.contains { if case .cost(_, _, _?) = $0.meaning { true } else { false } }
    let unread = columns.filter { $0.meaning == .ignored && !$0.header.hasPrefix("x-") }.map(\.header)
    func demand(_ isTrue: Bool, _ message: String, _ name: String? = nil, hint: String? = nil) {
      guard !isTrue else { return }
      let near = name.flatMap { Suggestion.closest(to: $0, among: unread) }
      problems.append(
        Diagnostic(message, at: record.place, hint: near.map { "Is it the column \"\($0)\"?" } ?? hint))
    }
    let widths = (Self.bits.dropLast() + Self.formats.dropLast()).filter { positions[$0] != nil }
    if isWide {
      demand(
        costs.values.allSatisfy { $0.allSatisfy { $0.precision != nil } },
        "some columns of costs name their widths, such as W4A8 or int4/bf16, and some do not")
      demand(
        widths.isEmpty && positions["bits"] == nil, "widths are both in the header and in columns",
        hint: "Remove the columns of widths.")
    } else if positions["bits"] != nil {
      demand(widths.isEmpty, "the table has a column \"bits\" beside \"\(widths.first ?? "")\"")
    } else {
      for (column, format) in zip(Self.bits.dropLast(), Self.formats) where positions[format] == nil {
        demand(positions[column] != nil, "the table lacks the column \"\(column)\"", column)
      }
    }
    let isTold = problems.contains { $0.message.contains("unit") }
    demand(
      !latencies.isEmpty || isTold,
      "the table lacks a column of latencies with its unit, such as latency_s, latency_ms or cycles",
      "latency_s")
    demand(
      Set(latencies.map(\.unit.isCycles)).count <= 1, "the table has latencies both in cycles and in seconds")
    if latencies.contains(where: \.unit.isCycles), !hasClock {
      problems.append(Self.noClock(at: record.place))
    }
    let shape = Self.shape.filter { positions[$0] != nil }
    let absent = Self.shape.filter { positions[$0] == nil }.map { "\"\($0)\"" }.joined(separator: ", ")
    // A column "kernel" or "input" beside names is a remark, not a shape in part.
    demand(
      shape.isEmpty || shape.count == Self.shape.count,
      "the table describes shapes in part: it lacks the columns \(absent)",
      hint: "Add them, or leave all columns of shapes out.")
    for column in Self.window where positions[column] != nil {
      demand(!shape.isEmpty, "the table has the column \"\(column)\", but no columns of shapes")
    }
    demand(
      positions["name"] != nil || positions["layer"] != nil || !shape.isEmpty,
      "the table does not say which layer a row is about: it lacks the column \"name\" or \"layer\"", "layer")
    guard problems.isEmpty else { throw Diagnostics(problems) }
    // Many call a column of names "layer".
    if positions["name"] == nil, let layer = positions["layer"],
      rows.contains(where: { $0.fields.count > layer && Int($0.fields[layer].text) == nil })
    {
      positions["name"] = layer
      positions["layer"] = nil
    }
    self.positions = positions
    self.costs = costs
    self.columns = columns
    self.isWide = isWide
    count = record.fields.count
    latencyUnit = latencies.contains(where: \.unit.isCycles) ? .cycles : .seconds
    identity = !shape.isEmpty ? .shapes : positions["name"] != nil ? .names : .positions
    metrics = Metric.ofTargets.filter { costs[$0] != nil }
  }

  /// For cycles that cannot become seconds.
  static func noClock(at place: Diagnostic.Place) -> Diagnostic {
    Diagnostic(
      "the table counts cycles, and no clock is stated", at: place,
      hint: "Give --clock-hz, or the target's spec the parameter \"clock_hz\".")
  }

  /// The field of `column` in a record that has as many fields as the header.
  func field(_ column: String, of record: CSVText.Record) -> CSVText.Field? {
    positions[column].map { record.fields[$0] }
  }

  /// The columns of costs at `precision`; nil for those of tables whose rows state widths.
  func costs(at precision: Precision?) -> [(metric: Metric, column: CostColumn)] {
    metrics.flatMap { metric in
      (costs[metric] ?? []).filter { $0.precision == precision }.map { (metric, $0) }
    }
  }

  /// Whether rows state the widths of outputs.
  var statesOutputs: Bool { positions["output_bits"] != nil || positions["output_format"] != nil }

  /// Whether rows state numbers of layers.
  var hasNumbers: Bool { positions["layer"] != nil }

  /// The widths that the header names, in the order of its columns.
  var precisions: [Precision] {
    var seen: Set<Precision> = []
    return columns.compactMap { column in
      guard case .cost(_, _, let precision?) = column.meaning, seen.insert(precision).inserted else {
        return nil
      }
      return precision
    }
  }

  /// Every column of costs, of which the cells tell how numbers are written.
  var costPositions: [Int] { costs.values.flatMap { $0.map(\.position) } }

  private static func noUnit(of metric: Metric, _ field: CSVText.Field) -> Diagnostic {
    let examples = metric == .latency ? "latency_s, latency_ms, latency_us or cycles" : "\(metric.rawValue)"
    return Diagnostic(
      "\"\(field.text.prefix(60))\" does not say its unit", at: field.place,
      hint: "Name it such as \(examples)" + (metric == .latency ? ", or give --unit." : "."))
  }

  private static func unknownUnit(_ word: String, of metric: Metric, _ field: CSVText.Field) -> Diagnostic {
    let known =
      switch CostUnit.Dimension(metric) {
      case .time: "s, ms, us, ns, cycles"
      case .energy: "J, mJ, uJ, nJ, pJ"
      case .bytes: "bytes, KiB, MiB"
      }
    return Diagnostic(
      "\"\(field.text.prefix(60))\" has the unknown unit \"\(word.prefix(20))\"; known are \(known)",
      at: field.place)
  }
}
