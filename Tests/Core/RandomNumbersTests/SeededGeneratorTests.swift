import RandomNumbers
import Testing

@Suite struct SeededGeneratorTests {
  @Test("seed 1234567 gives the published SplitMix64 sequence")
  func published() {
    // Reference output of the SplitMix64 C code by S. Vigna (prng.di.unimi.it), as in the Rosetta Code task.
    var generator = SeededGenerator(seed: 1_234_567)
    let found = (0..<5).map { _ in generator.next() }
    #expect(
      found == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ])
  }
}
