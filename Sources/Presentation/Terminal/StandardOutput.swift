import Core

/// Where results go: the one place of this program that writes to standard output.
public enum StandardOutput {
  /// Writes a text as it is laid out; control characters in it are written out, so that no name moves the cursor.
  public static func write(_ text: String) { print(text.visible, terminator: "") }
}
