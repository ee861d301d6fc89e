import CConfinement

/// What confines a library besides what every sandbox has: what this kernel grants of it.
public struct Confinement: Hashable, Sendable {
  /// The version of Landlock; 0 where the kernel has none.
  public var landlockVersion: Int
  /// In the order in which `description` names them.
  public var namespaces: [Namespace]

  public enum Namespace: String, CaseIterable, Hashable, Sendable {
    case users = "user"
    case processes = "pid"
    case network = "net"
    case ipc
    case mounts = "mount"

    fileprivate var bit: Int {
      switch self {
      case .users: CONFINEMENT_USERS
      case .processes: CONFINEMENT_PROCESSES
      case .network: CONFINEMENT_NETWORK
      case .ipc: CONFINEMENT_IPC
      case .mounts: CONFINEMENT_MOUNTS
      }
    }
  }

  package init(landlockVersion: Int, namespaces: [Namespace]) {
    self.landlockVersion = landlockVersion
    self.namespaces = namespaces
  }

  init(landlockVersion: UInt32, namespaceBits: UInt32) {
    self.init(
      landlockVersion: Int(landlockVersion),
      namespaces: Namespace.allCases.filter { Int(namespaceBits) & $0.bit != 0 })
  }

  var namespaceBits: UInt32 { UInt32(namespaces.reduce(0) { $0 | $1.bit }) }
}

extension Confinement: CustomStringConvertible {
  /// Such as `seccomp allow list, Landlock ABI 7, user+pid+net+ipc+mount namespaces`.
  public var description: String {
    let reading = landlockVersion > 0 ? "Landlock ABI \(landlockVersion)" : "no Landlock"
    let spaces =
      namespaces.isEmpty
      ? "no namespaces" : namespaces.map(\.rawValue).joined(separator: "+") + " namespaces"
    return "seccomp allow list, \(reading), \(spaces)"
  }
}
