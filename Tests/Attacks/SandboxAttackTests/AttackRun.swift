import FixtureBuilding
import Foundation
import Isolation
import Testing

/// Who runs `haq`, and what the kernel has.
struct Setting: Hashable, Sendable, CustomTestStringConvertible {
  var isRoot: Bool
  var bestEffort: SandboxLimits.BestEffort

  /// What a command begins with to be run by the setting's user.
  var user: [String] {
    geteuid() == 0 && !isRoot
      ? ["/usr/bin/setpriv", "--reuid=12345", "--regid=12345", "--clear-groups"] : []
  }

  /// As an ordinary user and, when the tests run as root, as root; each with everything that the kernel has, and with
  /// what is required alone, as on a kernel without Landlock and namespaces.
  static let all = [false, true].filter { !$0 || geteuid() == 0 }.flatMap { isRoot in
    [SandboxLimits.BestEffort.all, []].map { Setting(isRoot: isRoot, bestEffort: $0) }
  }

  var testDescription: String {
    (isRoot ? "as root" : "as an ordinary user")
      + (bestEffort.isEmpty ? ", with what is required alone" : ", with all that the kernel has")
  }
}

/// One run of the program that stands for `haq`, and what it said.
struct AttackRun {
  let lines: [String]
  let status: Int32

  /// `held`, `out`, or `ended` and why; nil for an attack that was not asked for or not reached.
  func outcome(of attack: String) -> String? {
    lines.first { $0.hasPrefix(attack + " ") }.map { String($0.dropFirst(attack.count + 1)) }
  }

  /// The number that a line ends in, such as `logged 12 bytes`.
  func number(after words: String) -> Int? {
    lines.first { $0.hasPrefix(words) }.flatMap { line in
      line.dropFirst(words.count).split(separator: " ").first.flatMap { Int($0) }
    }
  }

  var confinement: String { lines.first { $0.hasPrefix("confined by ") } ?? "" }
}
