import Diagnostics

/// Collects everything that is wrong with one file, so that it is reported at once.
final class Problems {
  private(set) var errors: [Diagnostic] = []
  private(set) var warnings: [Diagnostic] = []
  /// What to do with keys that the schema does not have.
  var unknownKeys = UnknownKeys.refused

  /// A newer minor version of a schema may bring keys that can be passed over.
  enum UnknownKeys {
    case refused
    /// Warned about, except those that the file says a reader must know.
    case warned(except: Set<String>)
  }

  func add(_ message: String, at place: Diagnostic.Place, hint: String? = nil) {
    errors.append(Diagnostic(message, at: place, hint: hint))
  }

  func addUnknownKey(_ member: PositionedValue.Member, in subject: String, known: [String]) {
    let listed = known.map { "\"\($0)\"" }.joined(separator: ", ")
    let diagnostic = Diagnostic(
      "\(subject) has no key \"\(member.key)\"; it has \(listed)", at: member.keyPlace,
      hint: Suggestion.sentence(for: member.key, among: known))
    switch unknownKeys {
    case .warned(let required) where !required.contains(member.key): warnings.append(diagnostic)
    default: errors.append(diagnostic)
    }
  }

  /// Throws all errors in file order, if there are any.
  func check() throws {
    guard !errors.isEmpty else { return }
    throw Diagnostics(errors.sorted { position($0) < position($1) })
  }

  private func position(_ diagnostic: Diagnostic) -> (Int, Int) {
    (diagnostic.place?.line ?? 0, diagnostic.place?.column ?? 0)
  }
}
