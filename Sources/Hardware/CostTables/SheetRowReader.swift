import Core
import Diagnostics

/// Reads one row of a table and collects what is wrong with it.
final class SheetRowReader {
  let header: SheetHeader
  let record: CSVText.Record
  let clock_hz: Double?
  private(set) var problems: [Diagnostic] = []

  /// Channels and extents above this are mistakes; the same limit as for networks.
  private static let largestDimension = 16_777_215

  init(header: SheetHeader, record: CSVText.Record, clock_hz: Double?) {
    self.header = header
    self.record = record
    self.clock_hz = clock_hz
  }

  /// The row, or nil when `problems` has grown.
  func row() -> CostSheet.Row? {
    guard record.fields.count == header.count else {
      problems.append(
        Diagnostic(
          "the row has \(record.fields.count) fields; the header has \(header.count)", at: record.place))
      return nil
    }
    let layer = header.field("layer", of: record).flatMap { integer($0, "layer", 0...65_535) }
    let name = header.field("name", of: record).flatMap(layerName)
    let shape = header.identity == .shapes ? readShape() : nil
    let weight = width("weight_bits")
    let activation = width("activation_bits")
    let costs = readCosts()
    guard problems.isEmpty, let weight, let activation else { return nil }
    return CostSheet.Row(
      place: record.place, layer: layer, name: name, shape: shape,
      precision: Precision(weight: weight, activation: activation), costs: costs)
  }

  /// Every metric's cost in SI units; nil, without a problem, when all cells are empty.
  private func readCosts() -> [Metric: Double]? {
    let cells = header.metrics.compactMap { metric in
      header.field(header.column(of: metric), of: record).map { (metric, $0) }
    }
    let empty = cells.filter { $0.1.text.isEmpty }
    if empty.count == cells.count { return nil }
    for (metric, field) in empty {
      problems.append(
        Diagnostic(
          "\"\(header.column(of: metric))\" is empty, but the row states other costs", at: field.place,
          hint: "Leave all costs of a row empty where the target cannot run the point."))
    }
    var costs: [Metric: Double] = [:]
    for (metric, field) in cells where !field.text.isEmpty {
      guard let value = number(field, header.column(of: metric)) else { continue }
      costs[metric] = metric == .latency && header.latencyUnit == .cycles ? value / (clock_hz ?? .nan) : value
    }
    return costs
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
    if field.text.contains(where: { !$0.isWhitespace }) { return field.text }
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
    let isDecimal = field.text.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(byte)
    }
    guard isDecimal, let value = Double(field.text) else {
      problems.append(
        Diagnostic(
          "\"\(column)\" is \"\(field.text.prefix(60))\"; it must be a number such as 12, 0.5 or 2e-6",
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
