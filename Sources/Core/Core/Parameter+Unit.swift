extension Parameter {
  /// The unit that the end of the key says, such as `Hz` for `clock_hz` and `bit/cycle` for
  /// `stream_bits_per_cycle`; nil when it says none.
  public var unit: String? {
    guard case .number = value, let name = key.split(separator: ".").last else { return nil }
    let words = name.split(separator: "_").map(String.init)
    // A key that is nothing but a unit's letter names something else.
    guard words.count >= 2, let last = words.last, let unit = Self.units[last] else { return nil }
    guard words.count >= 3, words[words.count - 2] == "per", let upper = Self.units[words[words.count - 3]]
    else { return words.dropLast().last == "per" ? "1/\(unit)" : unit }
    return "\(upper)/\(unit)"
  }

  private static let units = [
    "hz": "Hz", "s": "s", "j": "J", "w": "W", "v": "V", "m": "m", "mm2": "mm²", "bytes": "B", "byte": "B",
    "bits": "bit", "bit": "bit", "cycles": "cycle", "cycle": "cycle", "words": "word", "word": "word",
    "ops": "op", "op": "op", "macs": "MAC", "mac": "MAC",
  ]
}
