internal import CPlatform
internal import Glibc

/// A library's bytes in sealed memory: what was hashed is what is loaded.
package final class SealedLibrary: Sendable {
  /// What messages call the library.
  package let path: String
  package let descriptor: Int32
  /// What must be loaded before it, in this order; these have no dependencies of their own here.
  package let dependencies: [SealedLibrary]

  /// How many dependencies a library may have, besides the system's.
  package static let dependencyLimit = 16

  /// Throws `cannotOpen` when there is no memory for it.
  package init(
    path: String, bytes: [UInt8], dependencies: [SealedLibrary] = []
  ) throws(PluginError) {
    let descriptor = cplatform_memory_file("haq-library")
    let isSealed =
      descriptor >= 0 && Self.write(bytes, to: descriptor) && cplatform_seal(descriptor) == 0
    guard isSealed else {
      let reason = String(cString: strerror(errno))
      if descriptor >= 0 { close(descriptor) }
      throw .cannotOpen(library: path, reason: "it cannot be sealed in memory: \(reason)")
    }
    self.path = path
    self.descriptor = descriptor
    self.dependencies = dependencies
  }

  deinit { close(descriptor) }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { bytes in
      var done = 0
      while done < bytes.count {
        let count = Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        done += count
      }
      return true
    }
  }
}
