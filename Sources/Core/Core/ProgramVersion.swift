/// The version of this program, stamped on everything it writes.
public enum ProgramVersion {
  /// Semantic version (semver.org).
  public static let current = "0.1.0"
}
