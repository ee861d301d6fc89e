public import Diagnostics
import Synchronization

/// What a command says beside its result: problems, warnings and notes, on standard error.
public enum Messages {
  /// Prints a problem without ending the program.
  public static func report(_ error: any Error) {
    let text =
      switch error {
      case let diagnostics as Diagnostics: diagnostics.description
      case let diagnostic as Diagnostic: diagnostic.description
      default: "error: \(error)"
      }
    write(text)
  }

  /// Prints a warning from reading a file.
  public static func warn(_ warnings: [Diagnostic]) {
    for warning in warnings { write(warning.text(as: .warning)) }
  }

  /// Prints what is no problem, the same text once for a process.
  public static func note(_ text: String) {
    if said.withLock({ $0.insert(text).inserted }) { write("note: \(text)") }
  }

  private static let said = Mutex<Set<String>>([])

  private static func write(_ text: String) { StandardError.write(text + "\n") }
}
