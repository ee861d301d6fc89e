import CCrypto

/// SHA-256 (FIPS 180-4) of bytes that arrive in parts.
public struct SHA256: ~Copyable {
  private let context: OpaquePointer

  /// OpenSSL's own implementation, in a context that reads no configuration file: the system's settings
  /// can neither replace the algorithm nor switch it off. Never freed, and only read after it is made.
  private nonisolated(unsafe) static let algorithm: OpaquePointer = {
    guard let library = OSSL_LIB_CTX_new(), let algorithm = EVP_MD_fetch(library, "SHA256", nil) else {
      fatalError("libcrypto has no SHA-256")
    }
    return algorithm
  }()

  public init() {
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, Self.algorithm, nil) == 1 else {
      fatalError("libcrypto is out of memory")
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Appends bytes to what is hashed.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    let accepted = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    precondition(accepted == 1, "an initialised SHA-256 accepts all bytes")
  }

  /// Appends the UTF-8 bytes of a text.
  public mutating func update(_ text: String) {
    var text = text
    text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
  }

  /// The digest of all bytes, 64 lower-case hex digits.
  public consuming func hexDigest() -> String {
    let digest = [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
      let finished = EVP_DigestFinal_ex(context, buffer.baseAddress, nil)
      precondition(finished == 1, "an initialised SHA-256 has a digest")
      count = 32
    }
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
