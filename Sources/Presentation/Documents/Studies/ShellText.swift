/// Command lines, quoted for a shell.
public enum ShellText {
  /// The words with quotes where a shell needs them.
  public static func command(_ words: [String]) -> String { words.map(quoted).joined(separator: " ") }

  private static func quoted(_ word: String) -> String {
    let isPlain = word.wholeMatch(of: /[A-Za-z0-9_.,\/:=@%+-]+/) != nil
    return isPlain ? word : "'\(word.replacing("'", with: "'\\''"))'"
  }
}
