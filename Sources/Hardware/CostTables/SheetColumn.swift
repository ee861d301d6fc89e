import Core

/// What the header of a column says that the column is.
struct SheetColumn: Hashable {
  /// As it stands in the file.
  let header: String
  let meaning: Meaning

  enum Meaning: Hashable {
    /// One of `SheetHeader.described`: the layer, its shape, or the widths.
    case described(String)
    /// Costs at the widths of the row, or at those that the header names.
    case cost(Metric, CostUnit?, Precision?)
    /// A cost whose unit is none that is known.
    case unknownUnit(Metric, String)
    case ignored
  }

  init(_ header: String) {
    self.header = header
    meaning = Self.meaning(of: header)
  }

  /// Case, spaces, hyphens and the form of the unit do not matter: `Latency [us]`, `latency_us` and `time (µs)` are one.
  private static func meaning(of header: String) -> Meaning {
    guard !header.hasPrefix("x-") else { return .ignored }
    let (bare, bracketed) = withoutBrackets(
      header.lowercased().replacing("\u{B5}", with: "u").replacing("\u{3BC}", with: "u"))
    let (rest, precision) = withoutPrecision(bare)
    var words = rest.split { !$0.isLetter && !$0.isNumber }.map(String.init)
    let joined = words.joined(separator: "_")
    if precision == nil, bracketed == nil, let described = Self.described[joined] {
      return .described(described)
    }
    var unit = bracketed.flatMap(CostUnit.init(word:))
    if bracketed == nil {
      if let whole = CostUnit(word: joined) {
        (unit, words) = (whole, [])
      } else if let last = words.last.flatMap(CostUnit.init(word:)) {
        unit = last
        words.removeLast()
      }
    }
    let stem = words.joined(separator: "_")
    guard let metric = metric(called: stem, in: unit) else { return .ignored }
    if let bracketed, unit == nil { return .unknownUnit(metric, bracketed) }
    if stem.isEmpty, unit == nil, precision == nil { return .ignored }
    // "time_bytes" is nobody's latency.
    if let unit, unit.dimension != CostUnit.Dimension(metric) { return .ignored }
    return .cost(metric, unit, precision)
  }

  /// A header without words is of latencies: `W4A8 [us]`, `cycles`, `ms`.
  private static func metric(called stem: String, in unit: CostUnit?) -> Metric? {
    switch stem {
    case "": unit.map { $0.dimension == .time } ?? true ? .latency : nil
    case "latency", "time", "duration", "runtime", "delay", "clock": .latency
    case "energy": .energy
    case "weight", "weights": unit?.dimension == .bytes ? .weightBytes : nil
    case "traffic": unit?.dimension == .bytes ? .trafficBytes : nil
    case "buffer", "buffers": unit?.dimension == .bytes ? .bufferBytes : nil
    default: nil
    }
  }

  private static func withoutBrackets(_ text: String) -> (String, inside: String?) {
    guard let open = text.firstIndex(where: { "[(".contains($0) }),
      let close = text[open...].firstIndex(where: { "])".contains($0) })
    else { return (text, nil) }
    let inside = text[text.index(after: open)..<close].filter { !$0.isWhitespace }
    return (text[..<open] + " " + text[text.index(after: close)...], String(inside))
  }

  /// Takes `w4a8`, `int4-g128/bf16`, or `4x8` for weights and then activations, out of a header.
  private static func withoutPrecision(_ text: String) -> (String, Precision?) {
    for match in text.matches(of: /[a-z][a-z0-9-]*\/[a-z][a-z0-9-]*/) {
      guard let precision = Precision(String(match.output)) else { continue }
      return (
        text[..<match.range.lowerBound] + " " + text[match.range.upperBound...], precision
      )
    }
    for form in [/w(\d{1,2})[_ ]?a(\d{1,2})/, /(\d{1,2})x(\d{1,2})/] {
      guard let match = text.firstMatch(of: form), let weight = Int(match.1).flatMap(BitWidth.init),
        let activation = Int(match.2).flatMap(BitWidth.init)
      else { continue }
      return (
        text[..<match.range.lowerBound] + " " + text[match.range.upperBound...],
        Precision(weight: weight, activation: activation)
      )
    }
    return (text, nil)
  }

  /// The columns that describe a row, by the ways in which people call them.
  private static let described: [String: String] = {
    let others: [String: [String]] = [
      "layer": ["layer_number", "layer_index", "layer_id", "layer_nr", "layer_no", "index", "number"],
      "name": ["layer_name", "node", "node_name"],
      "batch": ["batch_size"],
      "weight_bits": [
        "weight_bit", "weights_bits", "w_bits", "w_bit", "wbits", "wbit", "bits_w", "weight_width",
      ],
      "activation_bits": [
        "activation_bit", "activations_bits", "act_bits", "a_bits", "a_bit", "abits", "abit", "bits_a",
        "activation_width",
      ],
      "weight_format": ["weights_format", "w_format", "weight_type"],
      "activation_format": ["activations_format", "act_format", "a_format", "activation_type"],
      "output_format": ["outputs_format", "out_format"],
      "output_bits": ["output_bit", "outputs_bits", "out_bits", "o_bits", "obits", "output_width"],
      "bits": ["bit", "bit_width", "bitwidth", "precision", "widths"],
      "in_channels": ["input_channels"], "out_channels": ["output_channels"], "kernel": ["kernel_size"],
    ]
    var described: [String: String] = [:]
    for column in SheetHeader.described {
      described[column] = column
      for other in others[column] ?? [] { described[other] = column }
    }
    return described
  }()
}
