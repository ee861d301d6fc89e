import Core
import Testing

@Suite("the activations that are alive together")
struct ActivationMemoryTests {
  /// Three values in a row, each alive with the next: 10, 20 and 30 elements; the second feeds layers 0 and 1.
  private let memory = ActivationMemory(
    values: [
      .init(elements: 10, layers: []), .init(elements: 20, layers: [0, 1]), .init(elements: 30, layers: [1]),
    ], liveSets: [[0], [0, 1], [1, 2]])

  @Test("live sets within others are left out, for they never need more")
  func kept() { #expect(Set(memory.liveSets) == [[0, 1], [1, 2]]) }

  @Test("the peak is that of the largest live set, each value at the widest of its layers' widths")
  func peak() {
    // 10 floats and 20 x 8 bits: 40 + 20 = 60 bytes; 20 x 8 and 30 x 4 bits: 20 + 15 = 35.
    #expect(memory.peak(Tables.policy("W8A8", "W8A4")) == 60)
    // 20 x 8 and 30 x 8 bits are 50 bytes, still below 60; with 16 bits, 40 + 60 = 100.
    #expect(memory.peak(Tables.policy("W8A8", "W8A16")) == 100)
  }

  @Test("bytes are rounded up for each value")
  func rounding() throws {
    let value = ActivationMemory.Value(elements: 3, layers: [0])
    // 9 bits.
    #expect(value.bytes(at: try #require(BitWidth(3))) == 2)
    #expect(memory.bytes(ofLayer: 1, at: .eight) == 50 && memory.bytes(ofLayer: 0, at: .eight) == 20)
  }
}
