/// Takes the body of one frame apart. The other end is not trusted: every count is compared with the bytes that
/// are left before anything is reserved for it, and every value must be one that exists.
struct FrameReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  private var left: Int { bytes.count - position }

  mutating func number<Number: BitwiseCopyable>(_ type: Number.Type = Number.self) throws(FrameError)
    -> Number
  {
    let size = MemoryLayout<Number>.size
    guard size <= left else { throw FrameError("ends in the middle of a number") }
    defer { position += size }
    return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: position, as: type) }
  }

  /// A count of elements that take at least `size` bytes each.
  private mutating func count(size: Int) throws(FrameError) -> Int {
    let count = Int(try number(UInt32.self))
    guard count <= left / size else { throw FrameError("says \(count) elements, but has \(left) bytes left") }
    return count
  }

  mutating func column<Element: BitwiseCopyable>(of type: Element.Type) throws(FrameError) -> [Element] {
    let count = try count(size: MemoryLayout<Element>.stride)
    // An array of no capacity would note its count in storage that all empty arrays share, from any thread.
    guard count > 0 else { return [] }
    let size = count * MemoryLayout<Element>.stride
    defer { position += size }
    return Array(unsafeUninitializedCapacity: count) { buffer, initialized in
      bytes.withUnsafeBytes { source in
        UnsafeMutableRawBufferPointer(buffer).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: source[position..<position + size]))
      }
      initialized = count
    }
  }

  mutating func text() throws(FrameError) -> String {
    let bytes = try column(of: UInt8.self)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw FrameError("has text that is not UTF-8")
    }
    return text
  }

  mutating func flag() throws(FrameError) -> Bool {
    switch try number(UInt8.self) {
    case 0: return false
    case 1: return true
    case let other: throw FrameError("has \(other) where 0 or 1 belongs")
    }
  }

  /// Elements take at least one byte each, so that a count cannot exceed the frame.
  mutating func list<Element>(
    _ read: (inout FrameReader) throws(FrameError) -> Element
  ) throws(FrameError) -> [Element] {
    let count = try count(size: 1)
    var list: [Element] = []
    for _ in 0..<count { list.append(try read(&self)) }
    return list
  }

  /// To be called last: a frame has nothing beyond its content.
  func end() throws(FrameError) {
    guard left == 0 else { throw FrameError("has \(left) bytes too many") }
  }
}

/// A frame that is not one of ours.
package struct FrameError: Error, Hashable {
  /// Continues "the frame ...".
  package let problem: String

  init(_ problem: String) { self.problem = problem }
}
