/// Steps through JSON without spaces and escapes; anything else is unknown to it.
struct TextScanner {
  /// The text is of a form that this scanner does not know; it may still be JSON.
  struct Unknown: Error {}

  private let bytes: [UInt8]
  private var position = 0
  /// Whether the next member of an object needs no comma before it.
  private var isFirst = true

  init(_ text: String) { bytes = Array(text.utf8) }

  var isAtEnd: Bool { position == bytes.count }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// Whether `text` comes next; goes past it.
  mutating func takes(_ text: StaticString) -> Bool {
    let end = position + text.utf8CodeUnitCount
    guard end <= bytes.count else { return false }
    let isNext = text.withUTF8Buffer { $0.elementsEqual(bytes[position..<end]) }
    if isNext { position = end }
    return isNext
  }

  mutating func skip(_ text: StaticString) throws(Unknown) {
    guard takes(text) else { throw Unknown() }
  }

  /// The beginning of an object.
  mutating func open() throws(Unknown) {
    try skip("{")
    isFirst = true
  }

  /// Of the next member of an object; nil at its end.
  mutating func key() throws(Unknown) -> String? {
    if takes("}") {
      // The object around it has this one as a member.
      isFirst = false
      return nil
    }
    if !isFirst { try skip(",") }
    isFirst = false
    let key = try text()
    try skip(":")
    return key
  }

  mutating func text() throws(Unknown) -> String {
    try skip("\"")
    let start = position
    while let byte = next, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20, byte != UInt8(ascii: "\\") else { throw Unknown() }
      position += 1
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    try skip("\"")
    return text
  }

  /// - Parameter known: A value of the same key that came before, of which there must be none.
  mutating func truth(unless known: Bool?) throws(Unknown) -> Bool {
    guard known == nil else { throw Unknown() }
    if takes("true") { return true }
    try skip("false")
    return false
  }

  mutating func integer(unless known: Int? = nil) throws(Unknown) -> Int {
    guard known == nil, let value = Int(try number()) else { throw Unknown() }
    return value
  }

  mutating func real(unless known: Double? = nil) throws(Unknown) -> Double {
    let digits = try number()
    // Of zeros, decoders have their own ideas: too small a number, and the sign.
    guard known == nil, let value = Double(digits), value.isFinite, value != 0 || digits == "0" else {
      throw Unknown()
    }
    return value
  }

  /// By the grammar of RFC 8259, section 6.
  private mutating func number() throws(Unknown) -> String {
    let start = position
    _ = takes("-")
    if !takes("0") { try digits() }
    if takes(".") { try digits() }
    if takes("e") || takes("E") {
      if !takes("-") { _ = takes("+") }
      try digits()
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func digits() throws(Unknown) {
    let start = position
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    guard position > start else { throw Unknown() }
  }
}
