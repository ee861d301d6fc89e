/// Names that options of `haq search` had when studies were started that can still be resumed.
enum EarlierOptions {
  private static let names = [
    "--couplings": "--tied-widths",
    "--probe-samples": "--sensitivity-samples",
    "--episodes": "--evaluations",
  ]

  /// The name of a fact today.
  static func renamed(fact name: String) -> String {
    name == "probe samples" ? "sensitivity samples" : name
  }

  /// The command line that says the same today.
  static func renamed(_ arguments: [String]) -> [String] {
    arguments.map { argument in
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = names[String(parts[0])] else { return argument }
      return parts.count == 1 ? name : "\(name)=\(parts[1])"
    }
  }
}
