import Core
import IntegerPrograms

/// The most that a policy may use of one resource, in the metric's SI unit; unlike a budget, not known to be reachable.
struct CostConstraint: Hashable, Sendable {
  var resource: Resource
  var atMost: Double

  init(_ resource: Resource, atMost: Double) {
    self.resource = resource
    self.atMost = atMost
  }

  init(_ budget: Budget) { self.init(budget.resource, atMost: budget.limit) }
}

/// The policies of a space within constraints, as a program that is solved exactly for the least penalty.
struct PolicyProgram: Sendable {
  let space: SearchSpace
  private let constraints: [CostConstraint]
  /// Those whose layers' costs add up.
  private let sums: [CostConstraint]
  /// Those on the memory of activations.
  private let peaks: [PeakMemoryConstraint]
  /// Those of networks as a whole, which no program of layers can keep.
  let networks: [CostConstraint]
  /// What each layer may have: under a maximum, a limit bounds each layer alone.
  private let options: [[Choice]]

  /// What a program settles of a layer.
  struct Choice: Hashable, Sendable {
    var precision: Precision
    /// The format in which its output is stored, which is the reader's that covers the others'; nil where nothing that the
    /// program minimises or limits depends on it.
    var output: BitWidth?
  }

  /// A policy, what its layers' penalties add up to, and how far from the least that may be, as a share of it.
  struct Solution {
    var policy: Policy
    var penalty: Double
    var gap: Double
  }

  /// - Parameter surrogate: how costs of layers approximate that of a network as a whole; nil leaves such limits to
  ///   `solve`, which keeps them.
  /// - Parameter minimised: what is minimised, where that is a cost.
  init(
    _ space: SearchSpace, _ constraints: [CostConstraint], networksAs surrogate: Metric.Aggregate? = nil,
    minimising minimised: Resource? = nil
  ) {
    self.space = space
    self.constraints = constraints
    func aggregate(_ constraint: CostConstraint) -> Metric.Aggregate? {
      let aggregate = space.aggregate(of: constraint.resource)
      return aggregate == .network ? surrogate : aggregate
    }
    networks = surrogate == nil ? constraints.filter { space.isOfNetwork($0.resource) } : []
    sums = constraints.filter { aggregate($0) == .sum }
    peaks = constraints.filter { aggregate($0) == .peak }.map { constraint in
      guard let memory = space.tables[constraint.resource.target].activationMemory else {
        preconditionFailure("peak memory is a metric of tables that know what is alive")
      }
      return PeakMemoryConstraint(memory, bytes: Int(constraint.atMost.rounded(.down)))
    }
    let maxima = constraints.filter { aggregate($0) == .max }
    let resources = (sums + maxima).map(\.resource) + [minimised].compactMap(\.self)
    options = (0..<space.layerCount).map { layer in
      let isStored = resources.contains { space.outputs.matter(to: $0, ofLayer: layer) }
      let outputs = isStored ? space.outputs.widths(ofLayer: layer).map(Optional.some) : [nil]
      return space.precisions(ofLayer: layer).flatMap { precision in
        outputs.map { Choice(precision: precision, output: $0) }
      }.filter { choice in
        maxima.allSatisfy { space.cost($0.resource, layer: layer, choice) <= $0.atMost }
      }
    }
  }

  /// The policy within the limits of the least penalty; with limits on networks as a whole, a good one.
  ///
  /// - Parameter fallback: A policy known to be within the limits, where nothing better is found.
  func solve(
    seconds: Double = 60, fallback: Policy? = nil, penalty: (_ layer: Int, Precision) -> Double
  ) throws(PolicyProgramError) -> Solution {
    networks.isEmpty
      ? try solveByLayers(seconds: seconds) { penalty($0, $1.precision) }
      : try NetworkProgram(space, constraints).solve(
        seconds: seconds, fallback: fallback, penalty: penalty)
  }

  /// The exact solution of what layers alone decide.
  func solveByLayers(
    seconds: Double = 60, penalty: (_ layer: Int, Choice) -> Double
  ) throws(PolicyProgramError) -> Solution {
    guard options.allSatisfy({ !$0.isEmpty }) else { throw .infeasible }
    var rows = peaks.flatMap { $0.rows(for: space.widest) }
    while true {
      let solution = try solve(seconds: seconds, rows: rows, penalty: penalty)
      // A value that several layers settle may be wider than the row took it for; then its row joins, which this
      // solution violates. There are finitely many rows.
      let violated = peaks.flatMap { $0.rows(for: solution.policy) }
      if violated.isEmpty { return solution }
      let new = violated.filter { !rows.contains($0) }
      guard !new.isEmpty else { throw .unsolved("limits on memory are exceeded, and no row says so") }
      rows += new
    }
  }

  private func solve(
    seconds: Double, rows: [PeakMemoryConstraint.Row], penalty: (_ layer: Int, Choice) -> Double
  ) throws(PolicyProgramError) -> Solution {
    let kinds = Kinds(options)
    let stored = options.indices.filter { options[$0].contains { $0.output != nil } }
    let program = ChoiceProgram(
      groups: options.enumerated().map { layer, choices in
        choices.map { choice in
          ChoiceProgram.Option(
            penalty: penalty(layer, choice),
            uses: sums.map { space.cost($0.resource, layer: layer, choice) }
              + rows.map { Double($0.bytes(layer: layer, at: choice.precision.activation)) },
            kind: kinds.number(of: choice.precision.activation),
            level: choice.output.map(kinds.number) ?? 0)
        }
      }, limits: sums.map(\.atMost) + rows.map { Double($0.limit) }, links: space.tiedWidths.sets,
      followed: stored.reduce(into: [:]) { $0[$1] = space.outputs.readers(ofLayer: $1) },
      order: kinds.order)
    let solution: ChoiceProgram.Solution
    do { solution = try program.solve(seconds: seconds) } catch { throw PolicyProgramError(error) }
    return Solution(
      policy: Policy(zip(options, solution.choices).map { $0[$1].precision }), penalty: solution.penalty,
      gap: solution.gap)
  }

  /// Any policy within the limits; nil when there is none.
  func anyPolicy() throws(PolicyProgramError) -> Policy? {
    do {
      return try solve { _, _ in 0 }.policy
    } catch .infeasible {
      return nil
    }
  }
}

extension PolicyProgram {
  /// Numbers for activation formats: bits where these tell all, else positions among those of the program.
  private struct Kinds {
    /// Nil for bits; else in the order of listing, 32-bit floats among them.
    private let formats: [BitWidth]?

    init(_ options: [[Choice]]) {
      let all = Set(options.joined().flatMap { [$0.precision.activation, $0.output].compactMap(\.self) })
      formats = all.allSatisfy(\.isNumberOfBits) ? nil : all.union([.float]).sorted()
    }

    func number(of format: BitWidth) -> Int {
      guard let formats else { return format.bits }
      guard let index = formats.firstIndex(of: format) else {
        preconditionFailure("\(format) is the format of no choice")
      }
      return index
    }

    var order: KindOrder {
      guard let formats, !formats.isChain, let top = formats.firstIndex(of: .float) else { return .ascending }
      return KindOrder(
        covered: formats.map { one in Set(formats.indices.filter { one.covers(formats[$0]) }) }, top: top)
    }
  }
}

extension SearchSpace {
  /// The cost of what a program chooses for a layer.
  func cost(_ resource: Resource, layer: Int, _ choice: PolicyProgram.Choice) -> Double {
    // A choice that does not state the width of the output is one whose cost does not depend on it.
    cost(
      resource, layer: layer, at: choice.precision,
      output: choice.output ?? outputs.widths(ofLayer: layer).last)
  }
}
