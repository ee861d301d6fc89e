import Foundation

extension SearchPath.Privileges {
  /// Whether this process has rights that its user has not, as a set-user-id program has.
  public static var ofThisProcess: Self { hasElevatedRights ? .elevated : .ofTheUser }

  /// What the kernel says in `AT_SECURE` of the auxiliary vector; a set-user-id program may not read it, so ids are compared too.
  private static var hasElevatedRights: Bool {
    if getuid() != geteuid() || getgid() != getegid() { return true }
    guard let vector = FileManager.default.contents(atPath: "/proc/self/auxv") else { return false }
    let words = vector.withUnsafeBytes { Array($0.bindMemory(to: UInt.self)) }
    let secure = UInt(23)  // AT_SECURE, <elf.h>
    return stride(from: 0, to: words.count - 1, by: 2).contains { words[$0] == secure && words[$0 + 1] != 0 }
  }
}
