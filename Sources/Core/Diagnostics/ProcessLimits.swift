public import SystemLimits

extension ProcessLimits {
  /// Allows as many open files as there may be; throws a `Diagnostic` when they are fewer than `least`.
  public static func requireOpenFiles(_ least: Int) throws(Diagnostic) {
    guard let allowed = allowOpenFiles(least), allowed < least else { return }
    throw Diagnostic(
      "this process may have \(allowed) files open at once; it needs \(least).",
      hint: "Raise the limit: ulimit -n \(least).")
  }
}
