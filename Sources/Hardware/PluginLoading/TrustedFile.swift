internal import CPlatform
internal import Glibc

/// The bytes of a file that nobody but its owner, root and the user's own group could have changed.
///
/// Opened once; everything is read from that descriptor, never from the name again (docs/threat-model.md).
public enum TrustedFile {
  /// Reads the whole file at `path`, of at most `limit` bytes; symbolic links are resolved first.
  ///
  /// Throws when it is no regular file, is too large, or when it or a folder above it belongs to another user, or can be
  /// written to by one, by its mode or by its access control list.
  public static func bytes(of path: String, limit: Int) throws(TrustedFileError) -> [UInt8] {
    guard let resolved = realpath(path, nil) else { throw unreadable(path) }
    defer { free(resolved) }
    let file = String(cString: resolved)
    let descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { throw unreadable(path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw unreadable(path) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path) }
    try check(status, AccessList(of: descriptor), path: file)
    // The folders of the name as it was given count too: a user who can write there can move the link.
    try checkFolders(above: file, ownedEntry: status)
    if let absolute = absolute(path), absolute != file {
      try checkFolders(above: absolute, ownedEntry: status)
    }
    guard status.st_size <= limit else { throw .tooLarge(path, size: Int(status.st_size), limit: limit) }
    return try contents(of: descriptor, size: Int(status.st_size), limit: limit, path: path)
  }

  /// Throws unless nobody but the user, root and the user's own group can put a file at `path` or replace one there; the
  /// last folders of the path need not exist.
  package static func checkFolder(_ path: String) throws(TrustedFileError) {
    var existing = path
    while existing != "/", access(existing, F_OK) != 0 { existing = parent(of: existing) }
    var status = stat()
    guard stat(existing, &status) == 0 else { throw unreadable(existing) }
    // In a folder such as /tmp, anyone could make what does not exist yet.
    if status.st_mode & S_ISVTX != 0, status.st_mode & S_IWOTH != 0 {
      throw .writable(existing, by: .everyone)
    }
    guard let resolved = realpath(existing, nil) else { throw unreadable(existing) }
    defer { free(resolved) }
    for folder in Set([existing, String(cString: resolved)]) {
      try checkFolders(above: folder + "/.", ownedEntry: status)
    }
  }

  /// The users who may write to the file or folder, or may allow themselves to.
  ///
  /// - Parameter list: nil, with errno set, when it cannot be read.
  private static func check(
    _ status: stat, _ list: AccessList?, path: String
  ) throws(TrustedFileError) {
    guard let list else { throw unreadable(path) }
    guard TrustedUsers.contains(status.st_uid) else { throw .owned(path, by: status.st_uid) }
    if status.st_mode & S_IWOTH != 0 { throw .writable(path, by: .everyone) }
    // The group of root, the user's own, and one that is named after the file's owner hold nobody else.
    func isPrivate(_ group: UInt32) -> Bool { [0, getegid(), status.st_uid].contains(group) }
    if status.st_mode & S_IWGRP != 0, !isPrivate(status.st_gid) {
      throw .writable(path, by: .group(status.st_gid))
    }
    if let user = list.writingUsers.first(where: { !TrustedUsers.contains($0) }) {
      throw .writable(path, by: .user(user))
    }
    if let group = list.writingGroups.first(where: { !isPrivate($0) }) {
      throw .writable(path, by: .group(group))
    }
  }

  private static func checkFolders(above path: String, ownedEntry: stat) throws(TrustedFileError) {
    var entry = ownedEntry
    var folder = path
    while folder != "/" {
      folder = parent(of: folder)
      var status = stat()
      guard stat(folder, &status) == 0 else { throw unreadable(folder) }
      if status.st_mode & S_ISVTX != 0 {
        // In a folder such as /tmp only the owner can replace an entry, and the folder's own.
        guard TrustedUsers.contains(status.st_uid) else { throw .owned(folder, by: status.st_uid) }
        guard TrustedUsers.contains(entry.st_uid) else { throw .ownedByOthers(path, owner: entry.st_uid) }
      } else {
        try check(status, AccessList(at: folder), path: folder)
      }
      entry = status
    }
  }

  private static func contents(
    of descriptor: Int32, size: Int, limit: Int, path: String
  ) throws(TrustedFileError) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size + 1)
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw unreadable(path) }
      guard count > 0 else { return bytes }
      bytes += buffer[..<count]
      guard bytes.count <= limit else { throw .tooLarge(path, size: bytes.count, limit: limit) }
    }
  }

  private static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
    return String(path[..<slash])
  }

  private static func absolute(_ path: String) -> String? {
    if path.hasPrefix("/") { return path }
    guard let folder = getcwd(nil, 0) else { return nil }
    defer { free(folder) }
    return String(cString: folder) + "/" + path
  }

  private static func unreadable(_ path: String) -> TrustedFileError {
    .unreadable(path, reason: String(cString: strerror(errno)))
  }
}

/// Why a file is not read, or not believed.
public enum TrustedFileError: Error, Hashable, Sendable {
  case unreadable(String, reason: String)
  case notAFile(String)
  case tooLarge(String, size: Int, limit: Int)
  /// The file, or a folder above it.
  case writable(String, by: Writer)
  /// The file, or a folder above it; its owner could allow himself to write.
  case owned(String, by: UInt32)
  /// In a folder where everyone may make files.
  case ownedByOthers(String, owner: UInt32)

  /// Who could change the file.
  public enum Writer: Hashable, Sendable {
    case everyone
    case group(UInt32)
    /// By an access control list.
    case user(UInt32)
  }
}

extension TrustedFileError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
    case .notAFile(let path): "cannot read \(path): it is not a regular file"
    case .tooLarge(let path, let size, let limit):
      "cannot read \(path): it has \(size) bytes; at most \(limit) are loaded"
    case .writable(let path, .everyone):
      "\(path) is refused, because everyone may write to it. Take that away: chmod o-w '\(path)'"
    case .writable(let path, .group(let group)):
      "\(path) is refused, because all of group \(group) may write to it. Take that away: chmod g-w '\(path)', or with "
        + "an access control list: setfacl -x g:\(group) '\(path)'"
    case .writable(let path, .user(let user)):
      "\(path) is refused, because user \(user) may write to it. Take that away: setfacl -x u:\(user) '\(path)'"
    case .owned(let path, let owner):
      "\(path) is refused, because it belongs to user \(owner), who could change it. Copy it to a folder of your own, or "
        + "make it yours."
    case .ownedByOthers(let path, let owner):
      "\(path) is refused, because it is in a folder that every user can write to, and belongs to user \(owner). Copy it to a folder "
        + "of your own."
    }
  }
}
