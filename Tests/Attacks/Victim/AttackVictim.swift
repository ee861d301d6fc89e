import CPlatform
import Core
import Foundation
import Glibc
import Isolation
import PluginLoading
import Synchronization

/// Stands for `haq`: loads the plugin of attacks in a sandbox, asks for one attack after the other, and says for each
/// whether it got out.
///
/// Arguments: the program haq-sandbox, the library, the spec's folder, a folder outside of it, the attacks with commas
/// between them, and the parts of `SandboxLimits.BestEffort`.
@main
struct AttackVictim {
  static func main() throws {
    // A program that starts this one from a thread may have blocked them.
    var none = sigset_t()
    sigemptyset(&none)
    sigprocmask(SIG_SETMASK, &none, nil)
    let arguments = CommandLine.arguments
    let (base, names) = (arguments[3], arguments[5].split(separator: ",").map(String.init))
    let before = OwnState()
    let bystander = try Self.bystander()
    defer { kill(bystander, SIGKILL) }
    let text = LoggedText()
    let library = try Self.library(arguments, log: text)
    print("confined by \(library.confinement)")
    let model = try PluginCostModel(
      library: library, targetID: "attacked", baseDirectory: base,
      parameters: [
        Parameter(key: "arena", value: .text(arguments[4])),
        Parameter(key: "attacks", value: .text(names.joined(separator: ","))),
        Parameter(key: "bystander", value: .number(Double(bystander))),
        Parameter(key: "victim", value: .number(Double(getpid()))),
      ], metrics: [.latency])
    let network = Network(
      name: "attacks", batch: 1,
      layers: names.map { Layer(name: $0, kind: .fullyConnected, inputChannels: 1, outputChannels: 1) })
    for (layer, name) in names.enumerated() {
      print("begins \(name)")
      fflush(nil)
      let point = Point(layer: layer, precision: Precision(weight: BitWidth(8)!, activation: BitWidth(8)!))
      do {
        let outcomes = try model.outcomes(of: [point], in: network)
        print(name, outcomes == [.cost(Cost(values: [.latency: 0]))] ? "held" : "out")
      } catch {
        print(name, "ended \(error)")
      }
    }
    print("logged \(text.bytes) bytes")
    if names.contains("background") {
      let ticks = Self.processorTicks(below: base)
      usleep(500_000)
      print("ticks between calls \(Self.processorTicks(below: base) - ticks)")
    }
    print(before == OwnState() && waitpid(bystander, nil, WNOHANG) == 0 ? "unchanged" : "changed")
  }

  private static func library(_ arguments: [String], log: LoggedText) throws -> SandboxedLibrary {
    var limits = SandboxLimits(timeoutSeconds: 20, readablePaths: [arguments[3]])
    limits.bestEffort = SandboxLimits.BestEffort(rawValue: UInt32(arguments[6]) ?? 0)
    let bytes = try Data(contentsOf: URL(filePath: arguments[2]))
    return try SandboxedLibrary(
      try SealedLibrary(path: arguments[2], bytes: Array(bytes)),
      as: .plugin(PluginRequest(path: arguments[2])), sandbox: arguments[1], limits: limits,
      log: { log.add($0.text) })
  }

  /// Another process of the user; without descriptors, so that nobody waits for it to close them.
  private static func bystander() throws -> pid_t {
    let words: [String] = ["sleep", "30"]
    let texts = words.map { strdup($0) }
    defer { for text in texts { free(text) } }
    let process = (texts.map { UnsafePointer($0) } + [nil]).withUnsafeBufferPointer {
      cplatform_spawn("/bin/sleep", $0.baseAddress, [], 0)
    }
    guard process > 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    return process
  }

  /// Processor time, in ticks, of the processes whose arguments name a folder: those of this sandbox.
  private static func processorTicks(below folder: String) -> Int {
    let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return processes.reduce(0) { sum, process in
      guard Int(process) != nil, Int(process) != Int(getpid()),
        let arguments = try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8),
        arguments.contains("haq-sandbox"), arguments.contains(folder),
        let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
      else { return sum }
      // After the name in parentheses, user and system time are the twelfth and the thirteenth field.
      let fields = status.split(separator: ")").last?.split(separator: " ") ?? []
      guard fields.count > 12 else { return sum }
      return sum + (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0)
    }
  }
}

/// How much a library had printed.
private final class LoggedText: Sendable {
  private let count = Mutex(0)

  var bytes: Int { count.withLock { $0 } }

  func add(_ text: String) { count.withLock { $0 += text.utf8.count } }
}

/// What attacks on other processes change of this one.
private struct OwnState: Equatable {
  private let limits = Self.text(of: "limits")
  private let processors = Self.text(of: "status").split(separator: "\n").filter {
    $0.hasPrefix("Cpus_allowed")
  }
  /// Priority, nice value and scheduling policy: the 18th, 19th and 41st field, counted from the process's number.
  private let scheduling: [Substring]

  init() {
    let fields = Self.text(of: "stat").split(separator: ")").last?.split(separator: " ") ?? []
    scheduling = [18, 19, 41].compactMap { fields.indices.contains($0 - 3) ? fields[$0 - 3] : nil }
  }

  private static func text(of file: String) -> String {
    (try? String(contentsOfFile: "/proc/self/\(file)", encoding: .utf8)) ?? ""
  }
}
