/// Finds what a user probably meant.
public enum Suggestion {
  /// `Did you mean "x"?` for the candidate closest to `word`, nil when none is close.
  public static func sentence(for word: String, among candidates: some Sequence<String>) -> String? {
    closest(to: word, among: candidates).map { "Did you mean \"\($0)\"?" }
  }

  /// The candidate within a third of its length in edits; ties go to the first.
  public static func closest(to word: String, among candidates: some Sequence<String>) -> String? {
    let ranked = candidates.map { (candidate: $0, distance: distance(word.lowercased(), $0.lowercased())) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(1, best.candidate.count / 3) ? best.candidate : nil
  }

  /// Levenshtein distance: fewest insertions, deletions and replacements.
  static func distance(_ left: String, _ right: String) -> Int {
    let right = Array(right)
    var row = Array(0...right.count)
    for (i, character) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in right.enumerated() {
        let replaced = diagonal + (character == other ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
      }
    }
    return row[right.count]
  }
}
