public import Foundation

extension Data {
  /// SHA-256 of the bytes, 64 lower-case hex digits.
  public var sha256: String {
    var hash = SHA256()
    withUnsafeBytes { hash.update($0) }
    return hash.hexDigest()
  }
}
