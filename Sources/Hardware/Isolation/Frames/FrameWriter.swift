/// Builds the body of one frame: numbers in the machine's own byte order, since both ends are one machine.
struct FrameWriter {
  private(set) var bytes: [UInt8] = []

  mutating func number<Number: BitwiseCopyable>(_ value: Number) {
    withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
  }

  /// A count, then the elements.
  mutating func column<Element: BitwiseCopyable>(_ column: [Element]) {
    number(UInt32(column.count))
    column.withUnsafeBytes { bytes.append(contentsOf: $0) }
  }

  mutating func text(_ text: String) { column(Array(text.utf8)) }

  mutating func flag(_ flag: Bool) { number(UInt8(flag ? 1 : 0)) }

  /// A count, then each element as `write` puts it.
  mutating func list<Element>(_ list: [Element], _ write: (inout FrameWriter, Element) -> Void) {
    number(UInt32(list.count))
    for element in list { write(&self, element) }
  }
}
