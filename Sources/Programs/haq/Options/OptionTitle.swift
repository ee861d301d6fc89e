/// The titles under which `--help` groups options; options with one title are shown together.
enum OptionTitle {
  static let networkAndTarget = "Network and target"
  static let limits = "Limits"
  static let method = "Method"
  static let agent = "Agent (--method ddpg)"
  static let fineTuning = "Fine-tuning"
  static let training = "Training"
  static let evaluator = "Evaluator"
  static let workers = "Workers"
  static let output = "Output"
}
