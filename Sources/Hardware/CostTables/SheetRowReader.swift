import Core
import Diagnostics

/// Reads one row of a table and collects what is wrong with it.
final class SheetRowReader {
  private let header: SheetHeader
  private let record: CSVText.Record
  private let numbers: NumberForm
  private let clockHertz: Double?
  private(set) var problems: [Diagnostic] = []
  /// Points of this row that are marked as not measured.
  private(set) var notMeasured = 0

  /// Channels and extents above this are mistakes; the same limit as for networks.
  private static let largestDimension = 16_777_215
  /// What people write into a cell for which they have no number.
  private static let marks: Set = [
    "-", "--", "\u{2013}", "\u{2014}", "n/a", "#n/a", "na", "n.a.", "none", "null",
  ]

  init(header: SheetHeader, record: CSVText.Record, numbers: NumberForm, clockHertz: Double?) {
    self.header = header
    self.record = record
    self.numbers = numbers
    self.clockHertz = clockHertz
  }

  /// The points of the row; none when `problems` has grown, or when nothing was measured.
  func rows() -> [CostSheet.Row] {
    guard record.fields.count == header.count else {
      problems.append(
        Diagnostic(
          "the row has \(record.fields.count) fields; the header has \(header.count)", at: record.place))
      return []
    }
    let layer = header.field("layer", of: record).flatMap { integer($0, "layer", 0...65_535) }
    let name = header.field("name", of: record).flatMap(layerName)
    let shape = header.identity == .shapes ? readShape() : nil
    let output = header.statesOutputs ? operand("output") : nil
    guard header.isWide else {
      let precision = readPrecision()
      guard let costs = readCosts(at: nil), problems.isEmpty, let precision else { return [] }
      return [
        CostSheet.Row(
          place: record.place, layer: layer, name: name, shape: shape, precision: precision, output: output,
          costs: costs.values)
      ]
    }
    let rows = header.precisions.compactMap { precision -> CostSheet.Row? in
      guard let costs = readCosts(at: precision), let values = costs.values else { return nil }
      return CostSheet.Row(
        place: costs.place, layer: layer, name: name, shape: shape, precision: precision, output: output,
        costs: values)
    }
    return problems.isEmpty ? rows : []
  }

  /// Every metric's cost in SI units, or that the target cannot run the point; nil when it was not measured, or is not
  /// known for a problem.
  private func readCosts(at precision: Precision?) -> (values: [Metric: Double]?, place: Diagnostic.Place)? {
    let cells = header.costs(at: precision).map { ($0.metric, $0.column, record.fields[$0.column.position]) }
    guard let place = cells.first?.2.place else { return nil }
    let isMarked = { (text: String) in Self.marks.contains(text.lowercased()) }
    // In a wide table an empty cell is where nobody measured; a row of its own, without costs, says more.
    if cells.allSatisfy({ isMarked($0.2.text) || (header.isWide && $0.2.text.isEmpty) }) {
      notMeasured += 1
      return nil
    }
    let empty = cells.filter { $0.2.text.isEmpty }
    if empty.count == cells.count { return (nil, place) }
    for (_, column, field) in cells where field.text.isEmpty || isMarked(field.text) {
      problems.append(
        Diagnostic(
          "\"\(column.header)\" is \(field.text.isEmpty ? "empty" : "\"\(field.text)\""), but the row states other "
            + "costs", at: field.place,
          hint:
            "Leave all costs of a row empty where the target cannot run the point, or write - where it was not "
            + "measured."))
    }
    var costs: [Metric: Double] = [:]
    for (metric, column, field) in cells where !field.text.isEmpty && !isMarked(field.text) {
      guard let value = number(field, column.header) else { continue }
      costs[metric] = column.unit.factor.map { value * $0 } ?? value / (clockHertz ?? .nan)
    }
    return (costs, place)
  }

  private func readPrecision() -> Precision? {
    guard let field = header.field("bits", of: record) else {
      let (weight, activation) = (operand("weight"), operand("activation"))
      guard let weight, let activation else { return nil }
      return Precision(weight: weight, activation: activation)
    }
    let text = field.text.lowercased()
    if let precision = Precision(text) { return precision }
    if let format = BitWidth(formatName: text) { return Precision(weight: format, activation: format) }
    if let bits = Int(text.hasPrefix("int") ? String(text.dropFirst(3)) : text), let width = BitWidth(bits) {
      return Precision(weight: width, activation: width)
    }
    if let match = text.wholeMatch(of: /w?(\d{1,2})[ax\/](\d{1,2})/),
      let weight = Int(match.1).flatMap(BitWidth.init),
      let activation = Int(match.2).flatMap(BitWidth.init)
    {
      return Precision(weight: weight, activation: activation)
    }
    problems.append(
      Diagnostic(
        "\"bits\" is \"\(field.text.prefix(60))\"; it must be one width for both, such as 8, or those of weights and "
          + "activations, such as W4A8, 4x8 or int4/bf16", at: field.place))
    return nil
  }

  /// The format of an operand: its bits, or its name. A row that states both must mean one.
  private func operand(_ role: String) -> BitWidth? {
    let (bits, format) = ("\(role)_bits", "\(role)_format")
    guard let field = header.field(format, of: record), !field.text.isEmpty else {
      guard header.field(bits, of: record) != nil else {
        problems.append(
          Diagnostic(
            "\"\(format)\" is empty", at: header.field(format, of: record)?.place ?? record.place,
            hint: "Name a format, such as int8 or bf16."))
        return nil
      }
      return width(bits)
    }
    guard let width = BitWidth(formatName: field.text.lowercased()) else {
      problems.append(
        Diagnostic(
          "\"\(format)\" is \"\(field.text.prefix(60))\"; it must be the name of a number format, such as int8, bf16 "
            + "or int4-g128", at: field.place))
      return nil
    }
    guard let stated = header.field(bits, of: record), !stated.text.isEmpty else { return width }
    guard stated.text == "\(width.bits)" else {
      problems.append(
        Diagnostic(
          "\"\(bits)\" is \"\(stated.text.prefix(60))\", and \(width.formatName) has \(width.bits)",
          at: stated.place,
          hint: "Leave one of them empty."))
      return nil
    }
    return width
  }

  private func readShape() -> LayerShape? {
    let kind = required("kind").flatMap(layerKind)
    let sizes = ["groups", "in_channels", "out_channels"].map { column in
      required(column).flatMap { integer($0, column, 1...Self.largestDimension) }
    }
    let extents = ["input", "output", "kernel", "stride"].map { column in
      required(column).flatMap { extent($0, column) }
    }
    let dilation = header.field("dilation", of: record).map { extent($0, "dilation") } ?? .one
    let padding = header.field("padding", of: record).flatMap(sides)
    guard problems.isEmpty, let dilation, let kind, let groups = sizes[0], let inputs = sizes[1],
      let outputs = sizes[2],
      let input = extents[0], let output = extents[1], let kernel = extents[2], let stride = extents[3]
    else { return nil }
    return LayerShape(
      Layer(
        name: "", kind: kind, groups: groups, inputChannels: inputs, outputChannels: outputs, input: input,
        output: output, kernel: kernel, stride: stride, dilation: dilation, padding: padding))
  }

  private func required(_ column: String) -> CSVText.Field? { header.field(column, of: record) }

  private func layerName(_ field: CSVText.Field) -> String? {
    if field.text.contains(where: { !$0.isWhitespace }) { return CSVCell.read(field.text) }
    problems.append(Diagnostic("\"name\" must not be empty", at: field.place))
    return nil
  }

  private func layerKind(_ field: CSVText.Field) -> Layer.Kind? {
    if let kind = Layer.Kind(rawValue: field.text) { return kind }
    let kinds = Layer.Kind.allCases.map(\.rawValue)
    problems.append(
      Diagnostic(
        "\"kind\" is \"\(field.text.prefix(60))\"; allowed: \(kinds.joined(separator: ", "))",
        at: field.place, hint: Suggestion.sentence(for: field.text, among: kinds)))
    return nil
  }

  private func width(_ column: String) -> BitWidth? {
    required(column).flatMap { integer($0, column, BitWidth.range) }.flatMap(BitWidth.init)
  }

  private func integer(
    _ field: CSVText.Field, _ column: String, _ range: ClosedRange<Int>
  ) -> Int? {
    if field.text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(field.text),
      range.contains(value)
    {
      return value
    }
    problems.append(
      Diagnostic(
        "\"\(column)\" is \"\(field.text.prefix(60))\"; it must be a whole number \(range.lowerBound) to "
          + "\(range.upperBound)", at: field.place))
    return nil
  }

  /// `7` for a square, or `height x width` as in `7x5`.
  private func extent(_ field: CSVText.Field, _ column: String) -> Extent? {
    let sides = field.text.split(separator: "x", omittingEmptySubsequences: false).map { side in
      side.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(side) : nil
    }
    let known = sides.compactMap { $0 }.filter { (1...Self.largestDimension).contains($0) }
    if known.count == sides.count, known.count == 1 { return Extent(square: known[0]) }
    if known.count == sides.count, known.count == 2 { return Extent(height: known[0], width: known[1]) }
    problems.append(
      Diagnostic(
        "\"\(column)\" is \"\(field.text.prefix(60))\"; it must be a size such as 7, or height and width "
          + "such as 7x5", at: field.place))
    return nil
  }

  /// `1` for all sides, or top, left, bottom and right as in `0/0/1/1`. Empty is what the sizes imply.
  private func sides(_ field: CSVText.Field) -> Layer.Padding? {
    if field.text.isEmpty { return nil }
    let sides = field.text.split(separator: "/", omittingEmptySubsequences: false).map { side in
      side.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(side) : nil
    }
    let known = sides.compactMap { $0 }.filter { (0...Self.largestDimension).contains($0) }
    if known.count == sides.count, known.count == 1 { return Layer.Padding(known[0]) }
    if known.count == sides.count, known.count == 4 {
      return Layer.Padding(top: known[0], left: known[1], bottom: known[2], right: known[3])
    }
    problems.append(
      Diagnostic(
        "\"padding\" is \"\(field.text.prefix(60))\"; it must be a number such as 1, or top, left, bottom and "
          + "right such as 0/0/1/1", at: field.place))
    return nil
  }

  private func number(_ field: CSVText.Field, _ column: String) -> Double? {
    let text = numbers.normalized(field.text)
    let isDecimal = text?.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(byte)
    }
    guard isDecimal == true, let value = text.flatMap(Double.init) else {
      let example = numbers == .comma ? "12, 0,5 or 2e-6" : "12, 0.5 or 2e-6"
      problems.append(
        Diagnostic(
          "\"\(column)\" is \"\(field.text.prefix(60))\"; it must be a number such as \(example)",
          at: field.place))
      return nil
    }
    guard value >= 0, value <= CostSheet.largestCost else {
      problems.append(
        Diagnostic("\"\(column)\" is \(field.text.prefix(60)); a cost is 0 to 1e15", at: field.place))
      return nil
    }
    return value + 0
  }
}
