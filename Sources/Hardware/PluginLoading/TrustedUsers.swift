internal import CPlatform
internal import Glibc

/// The users who may own what is loaded.
package enum TrustedUsers {
  /// Root, the user, with sudo the user who became root, and the owners of this program: they decide what it does as
  /// it is. A container's root that runs a checkout of another user needs the last.
  static func contains(_ user: UInt32) -> Bool {
    if user == 0 || user == geteuid() || ownProgram.contains(user) { return true }
    guard geteuid() == 0, let caller = cplatform_secure_getenv("SUDO_UID") else { return false }
    return UInt32(String(cString: caller)) == user
  }

  private static let ownProgram: Set<UInt32> = {
    guard let path = realpath("/proc/self/exe", nil) else { return [] }
    defer { free(path) }
    return owners(ofProgram: String(cString: path))
  }()

  /// The users who own the file at the absolute `path` or a folder above it, and could put another file there.
  ///
  /// Folders above one in which only owners replace entries, such as `/tmp`, still count.
  package static func owners(ofProgram path: String) -> Set<UInt32> {
    var owners: Set<UInt32> = []
    var entry = path[...]
    while true {
      var status = stat()
      guard stat(entry.isEmpty ? "/" : String(entry), &status) == 0 else { return [] }
      owners.insert(status.st_uid)
      guard let slash = entry.lastIndex(of: "/") else { return owners }
      entry = entry[..<slash]
    }
  }
}
