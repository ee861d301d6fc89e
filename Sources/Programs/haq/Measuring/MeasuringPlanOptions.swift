import ArgumentParser
import Core
import Diagnostics
import Measuring
import Specs
import Targets

/// Which layers are measured, and at which widths.
struct MeasuringPlanOptions: ParsableArguments {
  @Option(
    name: .customLong("network"),
    help: ArgumentHelp(
      "Network whose layers are measured: built-in, .onnx or .json. May be given several times.",
      valueName: "network"))
  var networks: [String] = []

  @Option(
    help: ArgumentHelp(
      "Also measure random layers, of the kinds that the target has and of the sizes that networks have: random:300 measures "
        + "300; active, or active:1000, chooses among 1000 those about which a predictor is least sure.",
      valueName: "plan"), transform: Self.statedPlan)
  var plan: Plan?

  @Option(
    help: ArgumentHelp(
      "With --plan active: the mean error of held-out layers at which the predictor is good enough, such as 10%. (default: 10%)",
      valueName: "share"), transform: MeasurementOptions.share)
  var until: Double?

  /// What `--plan` says.
  enum Plan: Hashable {
    case random(Int)
    /// Of how many layers.
    case active(Int)
  }

  func validate() throws {
    guard until != nil else { return }
    guard case .active? = plan else {
      throw ValidationError("--until is the goal of --plan active; give that, or leave out --until.")
    }
  }

  @Option(
    help: ArgumentHelp(
      "Measure at these pairs of widths alone, such as W8A8,W32A32. (default: all of the target)",
      valueName: "bits"),
    transform: Self.precisions)
  var only: [Precision]?

  @Option(help: ArgumentHelp("Seed of the random layers and of the order.", valueName: "n"))
  var seed: UInt64 = 1

  private static func statedPlan(_ text: String) throws -> Plan {
    if text == "active" { return .active(1000) }
    guard let match = text.wholeMatch(of: /(random|active):(\d{1,6})/), let count = Int(match.2),
      (1...100_000).contains(count), match.1 == "random" || (50...5000).contains(count)
    else {
      throw ValidationError(
        "\"\(text)\" is not a plan; write random:N with 1 to 100000 layers, such as random:300, active, or active:N with "
          + "50 to 5000 layers to choose from.")
    }
    return match.1 == "random" ? .random(count) : .active(count)
  }

  private static func precisions(_ text: String) throws -> [Precision] {
    try text.split(separator: ",").map { try PolicyOption.precision(String($0)) }
  }

  /// What is measured, and what the networks are called.
  func plan(for target: Target, batch: Int?) throws -> (layers: Layers, networks: [String]) {
    let capabilities = target.spec.capabilities
    let precisions = try measuredPrecisions(of: target)
    let batch = batch ?? target.spec.batch
    var plan = MeasuringPlan(batch: batch, precisions: precisions)
    var names: [String] = []
    for name in networks {
      var network = try NamedNetwork(name).layers(batch: batch, defaultBatch: batch)
      network.layers = network.layers.filter { $0.isCosted(by: capabilities.layers) }
      names.append(network.name)
      plan.add(network)
    }
    let source = RandomLayers(kinds: capabilities.layers, seed: seed)
    switch (self.plan, source) {
    case (.random(let count)?, let source?): plan.addRandom(count, from: source)
    case (.active(let count)?, let source?):
      return (.chosen(ActivePlan(plan, choosingFrom: count, source, until: until ?? 0.1)), names)
    default: break
    }
    return (.all(plan), names)
  }

  /// Layers that are all measured, or chosen while measuring.
  enum Layers {
    case all(MeasuringPlan)
    case chosen(ActivePlan)

    /// What chooses; nil where all are measured.
    var active: ActivePlan? { if case .chosen(let plan) = self { plan } else { nil } }

    /// All that may be measured.
    var most: MeasuringPlan {
      switch self {
      case .all(let plan): plan
      case .chosen(let active): active.pool
      }
    }
  }

  /// Those that are measured, of the target's.
  func measuredPrecisions(of target: Target) throws -> [Precision] {
    try target.precisions(only: only)
  }
}

/// How sure latencies have to be.
struct MeasurementOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Relative standard error of a latency to reach: a share such as 2% or 0.02.", valueName: "share"),
    transform: Self.share)
  var precision = 0.02

  @Option(help: ArgumentHelp("The most answers that a point gets, to reach the precision.", valueName: "n"))
  var takes = 5

  @Option(
    help: ArgumentHelp(
      "Points that are measured once more at the end. (default: a tenth of them, 10 to 50)", valueName: "n"))
  var checkPoints: Int?

  static func share(_ text: String) throws -> Double {
    let isPercent = text.hasSuffix("%")
    guard let number = Double(isPercent ? String(text.dropLast()) : text),
      case let share = isPercent ? number / 100 : number, share > 0, share < 1
    else { throw ValidationError("\"\(text)\" is not a share between 0 and 1, such as 2% or 0.02.") }
    return share
  }

  func validate() throws {
    guard (1...1000).contains(takes) else {
      throw ValidationError("--takes must be 1 to 1000, not \(takes).")
    }
    if let checkPoints, checkPoints < 0 {
      throw ValidationError("--check-points must be at least 0, not \(checkPoints).")
    }
  }

  /// - Parameter plan: All that may be measured.
  func run(of plan: MeasuringPlan, seed: UInt64) -> MeasuringRun {
    MeasuringRun(
      plan: plan, seed: seed, precision: precision, mostTakes: takes,
      checkCount: checkPoints ?? MeasuringRun.usualCheckCount(of: plan.points.count))
  }
}
