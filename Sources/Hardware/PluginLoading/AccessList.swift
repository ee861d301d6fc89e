internal import CPlatform
internal import Glibc

/// The access control list of a file or folder: users and groups that may write to it beyond what its mode says.
struct AccessList {
  /// Users and groups by their numbers, in the order of the list; those of the mode are not among them.
  private(set) var writingUsers: [UInt32] = []
  private(set) var writingGroups: [UInt32] = []

  /// Tags of the entries of `posix_acl_xattr_entry`.
  private enum Tag {
    static let user: UInt16 = 0x02
    static let group: UInt16 = 0x08
    static let mask: UInt16 = 0x10
  }

  private static let version: UInt32 = 2
  private static let write: UInt16 = 2

  /// The list of an open file; nil, with errno set, when the kernel does not tell, or tells what cannot be read.
  init?(of descriptor: Int32) {
    self.init { cplatform_access_list_of(descriptor, $0.baseAddress, $0.count) }
  }

  /// The list of a folder, which need not be open to be listed; nil as above.
  init?(at path: String) {
    self.init { cplatform_access_list_at(path, $0.baseAddress, $0.count) }
  }

  private init?(_ read: (UnsafeMutableRawBufferPointer) -> Int) {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let size = bytes.withUnsafeMutableBytes(read)
    guard size >= 0 else { return nil }
    self.init(bytes[..<size])
  }

  /// The list of the attribute's bytes: a version of four bytes, then eight for each entry, little-endian.
  init?(_ bytes: ArraySlice<UInt8>) {
    guard !bytes.isEmpty else { return }
    guard bytes.count % 8 == 4, Self.number(bytes.prefix(4)) == Self.version else {
      errno = EINVAL
      return nil
    }
    let entries = stride(from: bytes.startIndex + 4, to: bytes.endIndex, by: 8).map { start in
      (
        tag: UInt16(Self.number(bytes[start..<start + 2])),
        rights: UInt16(Self.number(bytes[start + 2..<start + 4])),
        id: Self.number(bytes[start + 4..<start + 8])
      )
    }
    // What the mask does not have, no named user or group has.
    let mask = entries.first { $0.tag == Tag.mask }?.rights ?? .max
    for entry in entries where entry.rights & mask & Self.write != 0 {
      if entry.tag == Tag.user { writingUsers.append(entry.id) }
      if entry.tag == Tag.group { writingGroups.append(entry.id) }
    }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }
}
