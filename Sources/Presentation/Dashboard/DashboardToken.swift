/// The secret part of a dashboard's address; requests without it are refused.
public struct DashboardToken: Sendable, CustomStringConvertible {
  private let digits: [UInt8]

  /// A new one of 128 random bits from the system, as 32 hexadecimal digits.
  public init() {
    var generator = SystemRandomNumberGenerator()
    let hexadecimal = Array("0123456789abcdef".utf8)
    digits = (0..<32).map { _ in hexadecimal[Int.random(in: 0..<16, using: &generator)] }
  }

  /// As it is written in the address.
  public var description: String { String(decoding: digits, as: UTF8.self) }

  /// Whether `text` is this one; takes as long for every wrong text of this length.
  func matches(_ text: Substring) -> Bool {
    let other = Array(text.utf8)
    guard other.count == digits.count else { return false }
    return zip(digits, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
