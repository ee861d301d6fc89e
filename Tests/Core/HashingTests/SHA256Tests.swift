import Foundation
import Hashing
import Testing

/// The vectors are the examples of FIPS 180-2 (appendix B), which NIST still publishes for FIPS 180-4, and the digest of
/// the empty message from NIST's SHA-256 test vectors (SHA256ShortMsg.rsp).
@Suite struct SHA256Tests {
  @Test(
    "messages of no, one and two blocks have the published digests",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
        "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
      ),
    ])
  func published(message: String, digest: String) {
    #expect(Data(message.utf8).sha256 == digest)
  }

  @Test(
    "a million letters a have the published digest, in parts of any size",
    arguments: [1, 63, 64, 1000, 1_000_000])
  func parts(size: Int) {
    let message = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    var hash = SHA256()
    message.withUnsafeBytes { bytes in
      for start in stride(from: 0, to: bytes.count, by: size) {
        hash.update(UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + size, bytes.count)]))
      }
    }
    #expect(hash.hexDigest() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test("a text counts as its UTF-8 bytes")
  func text() {
    var hash = SHA256()
    hash.update("é")
    #expect(hash.hexDigest() == Data([0xC3, 0xA9]).sha256)
  }

  @Test("hashes are taken by many threads at once")
  func threads() async {
    let digests = await withTaskGroup(of: String.self) { group in
      for _ in 0..<64 { group.addTask { Data("abc".utf8).sha256 } }
      return await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    #expect(digests == ["ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"])
  }
}
