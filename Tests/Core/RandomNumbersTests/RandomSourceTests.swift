import Foundation
import RandomNumbers
import Testing

@Suite struct RandomSourceTests {
  @Test("xoshiro256** gives the published sequence from the state 1, 2, 3, 4")
  func xoshiro() {
    var source = RandomSource(state: (1, 2, 3, 4))
    // The test vector of the Rust crate rand_xoshiro, made with the authors' C code. The first is
    // rotate(2 * 5, 7) * 9 = 1280 * 9.
    let expected: [UInt64] = [
      11520, 0, 1_509_978_240, 1_215_971_899_390_074_240, 1_216_172_134_540_287_360,
    ]
    #expect(expected.map { _ in source.next() } == expected)
  }

  @Test("equal seeds give equal streams, different seeds different ones")
  func seeds() {
    var (one, same, other) = (RandomSource(seed: 7), RandomSource(seed: 7), RandomSource(seed: 8))
    let numbers = (0..<10).map { _ in one.next() }
    #expect(numbers == (0..<10).map { _ in same.next() })
    #expect(numbers != (0..<10).map { _ in other.next() })
  }

  @Test("a random stream goes on, and four zeros are no stream")
  func coding() throws {
    var source = RandomSource(seed: 5)
    for _ in 0..<3 { _ = source.next() }
    var other = try JSONDecoder().decode(RandomSource.self, from: JSONEncoder().encode(source))
    for _ in 0..<10 { #expect(other.next() == source.next()) }
    for text in [#"["0","0","0","0"]"#, #"["1","2","3"]"#, #"["1","2","3","x"]"#] {
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(RandomSource.self, from: Data(text.utf8))
      }
    }
  }
}
