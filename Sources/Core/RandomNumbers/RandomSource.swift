import Foundation

/// A seedable stream of random numbers: equal seeds give equal streams on every machine.
///
/// The generator is xoshiro256** (Blackman and Vigna, "Scrambled linear pseudorandom number
/// generators", 2021), its state filled by SplitMix64 as its authors advise.
public struct RandomSource: RandomNumberGenerator, Sendable {
  private var state: (UInt64, UInt64, UInt64, UInt64)

  public init(seed: UInt64) {
    var mixer = SeededGenerator(seed: seed)
    state = (mixer.next(), mixer.next(), mixer.next(), mixer.next())
  }

  /// Continues a stream from its 256 bits of state, which must not all be zero.
  package init(state: (UInt64, UInt64, UInt64, UInt64)) {
    precondition(state.0 | state.1 | state.2 | state.3 != 0)
    self.state = state
  }

  public mutating func next() -> UInt64 {
    let result = rotated(state.1 &* 5, by: 7) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = rotated(state.3, by: 45)
    return result
  }

  /// Uniform in 0..<1, a multiple of 2^-53.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Of the standard normal distribution, by the method of Box and Muller (1958).
  public mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }

  /// Uniform in 0..<bound; the bias of the multiplication is below 2^-32 for any practical bound.
  package mutating func index(below bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  private func rotated(_ word: UInt64, by bits: UInt64) -> UInt64 { word << bits | word >> (64 - bits) }
}

extension RandomSource: Codable {
  /// As four hexadecimal words, since not every format holds 64 bits without a sign.
  public func encode(to encoder: any Encoder) throws {
    let words = [state.0, state.1, state.2, state.3].map { String($0, radix: 16) }
    var container = encoder.singleValueContainer()
    try container.encode(words)
  }

  public init(from decoder: any Decoder) throws {
    let texts = try decoder.singleValueContainer().decode([String].self)
    let words = texts.compactMap { UInt64($0, radix: 16) }
    guard words.count == 4, texts.count == 4, words.contains(where: { $0 != 0 }) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "not the state of a random stream"))
    }
    self.init(state: (words[0], words[1], words[2], words[3]))
  }
}
