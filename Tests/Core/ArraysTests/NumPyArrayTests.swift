import Arrays
import Testing

@Suite("arrays in NumPy's format")
struct NumPyArrayTests {
  /// A file of format version 1.0, made by hand.
  private func file(_ type: String, _ shape: String, order: String = "False", payload: [UInt8]) -> [UInt8] {
    let header = "{'descr': '\(type)', 'fortran_order': \(order), 'shape': (\(shape)), }\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8) + payload
  }

  private func reason(_ bytes: [UInt8]) -> String {
    do {
      _ = try NumPyArray(bytes)
      return "nothing was thrown"
    } catch { return error.reason }
  }

  @Test("whole numbers are little-endian, signed or not, and keep all their bits")
  func integers() throws {
    let narrow = try NumPyArray(file("<i2", "2, 1", payload: [0x01, 0x00, 0xFE, 0xFF]))
    #expect(narrow.shape == [2, 1])
    guard case .integers(let signed) = narrow.elements else { throw Unexpected() }
    #expect(signed == [1, -2])
    let wide = try NumPyArray(file("<u8", "1,", payload: [UInt8](repeating: 0xFF, count: 8)))
    guard case .naturals(let naturals) = wide.elements else { throw Unexpected() }
    #expect(naturals == [UInt64.max])
    let bytes = try NumPyArray(file("|u1", "3", payload: [0, 128, 255]))
    guard case .bytes(let pixels) = bytes.elements else { throw Unexpected() }
    #expect(pixels == [0, 128, 255])
  }

  @Test("floats of both widths are read to the bit")
  func floats() throws {
    // 1.5 is 0x3FC00000 in 32 bits and 0x3FF8000000000000 in 64.
    let single = try NumPyArray(file("<f4", "1", payload: [0, 0, 0xC0, 0x3F]))
    guard case .floats(let floats) = single.elements else { throw Unexpected() }
    #expect(floats == [1.5])
    let double = try NumPyArray(file("<f8", "", payload: [0, 0, 0, 0, 0, 0, 0xF8, 0x3F]))
    guard case .doubles(let doubles) = double.elements else { throw Unexpected() }
    #expect(doubles == [1.5] && double.shape == [])
  }

  private struct Unexpected: Error {}

  @Test("what is damaged, foreign or in another order is refused with the reason")
  func refused() {
    #expect(reason(Array("PK".utf8)) == "it does not begin with the .npy signature")
    #expect(reason(Array(file("<i2", "2", payload: []).prefix(20))) == "it ends inside its header")
    #expect(reason(file("<i2", "2", payload: [0, 0, 0])).hasPrefix("it has 3 bytes of data"))
    #expect(reason(file("|O", "1", payload: [0])).hasPrefix("it has elements of type \"|O\""))
    #expect(reason(file("<i2", "1", order: "True", payload: [0, 0])) == "it is in Fortran order")
    #expect(
      reason(file("<i2", "4294967296, 4294967296", payload: [])).contains("at most 2147483648 are read"))
    var future = file("<i2", "1", payload: [0, 0])
    future[6] = 4
    #expect(reason(future).contains("format version is 4.0"))
  }
}
