public import Core
import Foundation
public import Isolation

extension Installation {
  /// Where the program `haq-sandbox` may lie, in order.
  var sandboxCandidates: [String] { programs(named: "haq-sandbox") }

  /// The program `haq-sandbox`, in which libraries are loaded.
  package func sandbox() throws(TargetError) -> String {
    guard let path = sandboxCandidates.first(where: FileManager.default.isExecutableFile(atPath:)) else {
      throw .missingSandbox(lookedAt: sandboxCandidates)
    }
    return path
  }

  /// What confines a library on this system; starts a sandbox, and loads nothing in it.
  ///
  /// Throws `TargetError` without the program, `SandboxError` where nothing would be loaded.
  public func confinement() throws -> Confinement { try Confinement(of: sandbox()) }
}
