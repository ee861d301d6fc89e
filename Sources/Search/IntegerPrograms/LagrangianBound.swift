/// A lower bound on every solution's penalty, and with it a proof that most options are in no best solution.
///
/// Limits are replaced by prices: each option costs its penalty plus its uses at these prices, and each group takes its
/// cheapest. Whatever the prices, no solution within the limits has a penalty below `bound` (Fisher, "The Lagrangian
/// relaxation method for solving integer programming problems", Management Science 1981).
struct LagrangianBound {
  private let program: ChoiceProgram
  private let kept: [[Int]]
  /// Penalty per share of each limit.
  private var prices: [Double]

  /// Looks for prices at which the cheapest options just keep within the limits.
  ///
  /// - Parameter kept: The options to consider, by group; none empty.
  init(_ program: ChoiceProgram, kept: [[Int]]) {
    self.program = program
    self.kept = kept
    prices = Array(repeating: 0, count: program.limits.count)
    guard !isWithin(cheapest) else { return }
    // The price of one limit changes what the others need, so all are set in turn, a few times.
    for _ in 0..<(program.limits.count > 1 ? 6 : 1) {
      for limit in prices.indices { setPrice(of: limit) }
    }
  }

  /// The options of each group that can be part of a best solution; nil when the prices led to no solution.
  func candidates() -> [[Int]]? {
    guard let solution = solution() else { return nil }
    let known = program.penalty(of: solution)
    let costs = zip(program.groups, kept).map { group, kept in kept.map { cost(group[$0]) } }
    let least = costs.map { $0.min()! }
    let bound = least.reduce(0, +) - prices.reduce(0, +)
    // Rounding errors must not remove an option; they are far below this.
    let slack = known - bound + 1e-9 * max(known, least.map(abs).reduce(0, +))
    return kept.indices.map { group in
      zip(kept[group], costs[group]).filter { $0.1 - least[group] <= slack }.map(\.0)
    }
  }

  /// The cheapest options at the prices, with what is left of the limits spent; nil where they are not within the limits.
  func solution() -> [Int]? {
    let start = cheapest
    return isWithin(start) ? improved(start) : nil
  }

  private func cost(_ option: ChoiceProgram.Option) -> Double {
    prices.indices.reduce(option.penalty) { $0 + prices[$1] * option.uses[$1] / program.limits[$1] }
  }

  /// The cheapest option of each group at the prices.
  private var cheapest: [Int] {
    zip(program.groups, kept).map { group, kept in kept.min { cost(group[$0]) < cost(group[$1]) }! }
  }

  private func isWithin(_ choices: [Int]) -> Bool { program.admits(choices) }

  /// The least price, to 50 bits, at which the cheapest options keep within one limit.
  private mutating func setPrice(of limit: Int) {
    func fits(_ price: Double) -> Bool {
      var bound = self
      bound.prices[limit] = price
      return program.uses(of: bound.cheapest)[limit] <= program.limits[limit]
    }
    if fits(0) {
      prices[limit] = 0
      return
    }
    var (low, high) = (0.0, max(program.groups.joined().map(\.penalty).max()!, 1e-12))
    for _ in 0..<60 where !fits(high) { (low, high) = (high, high * 4) }
    for _ in 0..<50 {
      let middle = (low + high) / 2
      if fits(middle) { high = middle } else { low = middle }
    }
    prices[limit] = high
  }

  /// Spends what is left of the limits: the option of greatest gain that fits, again and again.
  private func improved(_ choices: [Int]) -> [Int] {
    var choices = choices
    while true {
      var best: (gain: Double, choices: [Int])?
      for group in kept.indices {
        for option in kept[group] {
          let options = program.groups[group]
          let gain = options[choices[group]].penalty - options[option].penalty
          guard gain > best?.gain ?? 0 else { continue }
          var next = choices
          next[group] = option
          if program.admits(next) { best = (gain, next) }
        }
      }
      guard let best else { return choices }
      choices = best.choices
    }
  }
}
