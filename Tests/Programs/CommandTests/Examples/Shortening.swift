import Foundation

/// Makes an example fast without changing which options it shows: small data, few samples, few evaluations.
enum Shortening {
  /// Regular expressions and what takes their place, in this order.
  static let rules: [(pattern: String, replacement: String)] = [
    // The costly part is the number of policies, images and epochs.
    (#"--evaluations \d+"#, "--evaluations 16"),
    (#"--search-samples \d+"#, "--search-samples 50"),
    (#"--sensitivity-samples \d+"#, "--sensitivity-samples 1"),
    (#"--samples \d+"#, "--samples 4"),
    (#"(finetune-samples) [1-9]\d*"#, "$1 32"),
    (#"--finalists \d+"#, "--finalists 1"),
    (#"--epochs \d+"#, "--epochs 1"),
    (#"for seed in [^;]*;"#, "for seed in 1;"),
    // The folders that the loop of docs/understanding.md names are there already, for other examples.
    (#"-o (\$\{made)"#, "-o new-$1"),
    // A custom evaluator needs what haq does not: here PyTorch with torchvision.
    (#"python3 \$HAQ/docs/examples/torchvision/evaluate.py"#, "python3 evaluator.py"),
  ]

  /// What is added to a command that leaves it at its default.
  private static let defaults: [String: [(option: String, value: String)]] = {
    let sweep = [("--evaluations", "16"), ("--search-samples", "50"), ("--sensitivity-samples", "1")]
    return [
      "search": sweep + [("--final-finetune-samples", "0"), ("--finalists", "1")], "pareto": sweep,
      "sensitivity": [("--samples", "4")],
    ]
  }()

  /// Commands that measure accuracy, on 300 pictures instead of 70,000 unless they name their data.
  private static let measuring = [
    "search", "pareto", "sensitivity", "evaluate", "finetune", "export", "train",
  ]

  static func short(_ command: String) -> String {
    var text = command
    for rule in rules {
      text = text.replacingOccurrences(of: rule.pattern, with: rule.replacement, options: .regularExpression)
    }
    guard let verb = verb(of: text) else { return text }
    var additions: [String] = []
    additions += (defaults[verb] ?? []).filter { !text.contains("\($0.option) ") }.map {
      "\($0.option) \($0.value)"
    }
    if measuring.contains(verb), !text.contains("--data "), !text.contains("--evaluator ") {
      additions.append("--data data")
    }
    return text.replacingOccurrences(
      of: "haq \(verb) ", with: "haq \(([verb] + additions).joined(separator: " ")) ")
  }

  /// The first command of a line, of a loop too.
  private static func verb(of text: String) -> String? {
    let words = text.split { " \n".contains($0) }.map(String.init)
    return words.firstIndex(of: "haq").flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
  }
}
