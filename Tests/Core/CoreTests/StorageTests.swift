import Core
import Testing

@Suite("the bytes of weights on any hardware")
struct StorageTests {
  @Test("stored bits: indices, and a codebook of 32-bit centroids that is never longer than the weights")
  func codebooks() {
    // 1000 weights of 4 bits and 16 centroids: 4000 + 512.
    #expect(CodebookStorage.bits(weights: 1000, width: 4) == 4512)
    // 9 weights of 8 bits need 9 centroids, not 256: 72 + 288.
    #expect(CodebookStorage.bits(weights: 9, width: 8) == 360)
  }

  @Test("a table of storage alone has 2 to 8 bits; codebooks leave activations in floats")
  func tables() throws {
    let plain = try WeightStorage.table(of: Tables.network)
    #expect(plain.weightWidths.map(\.bits) == Array(2...8))
    // 8 weights of 3 bits, and 10 of 5: 24 + 50 bits.
    #expect(try plain.total(.weightBytes, of: Tables.policy("W3A8", "W5A8")) == 9.25)
    let codebooks = try CodebookStorage.table(of: Tables.network)
    // 8 x 2 + 32 x 4 = 144 bits, and 10 x 2 + 32 x 4 = 148.
    #expect(try codebooks.total(.weightBytes, of: Tables.policy("W2A32", "W2A32")) == 36.5)
    #expect(codebooks.activationWidths == [.float] && codebooks.provenance.target == nil)
  }
}
