public import Core

/// Budgets that hold at once, resolved for one search space and known to be reachable together.
public struct BudgetSet: Hashable, Sendable {
  private let budgets: [Budget]
  /// A policy within all budgets.
  let witness: Policy

  /// No budget at all.
  public static func unlimited(in space: SearchSpace) -> BudgetSet {
    BudgetSet(budgets: [], witness: space.widest)
  }

  /// - Precondition: `budget` was resolved in `space`.
  public init(_ budget: Budget, in space: SearchSpace) {
    self.init(budgets: [budget], witness: budget.cheapest)
  }

  /// Throws everything that is wrong with single limits, or else `conflict` with those that exclude each other.
  public init(_ requests: [BudgetRequest], in space: SearchSpace) throws(PrecisionSearchError) {
    let budgets = try Self.each(requests, in: space)
    // Mostly fewer bits cost less of everything, and one of these policies is within all limits.
    let simple = budgets.isEmpty ? [space.widest] : budgets.map(\.cheapest) + [space.lowest]
    do {
      let known = try simple.first { policy in try budgets.allSatisfy { try $0.admits(policy, in: space) } }
      guard let witness = try known ?? Self.witness(of: budgets, in: space) else {
        guard budgets.allSatisfy({ !space.isOfNetwork($0.resource) }) else {
          throw PrecisionSearchError.undecided(
            "no policy within all of them was found, and costs of layers do not add up on a target; "
              + "raise one of them")
        }
        throw PrecisionSearchError.conflict(try Self.conflict(among: budgets, in: space))
      }
      self.init(budgets: budgets, witness: witness)
    } catch let error as PrecisionSearchError {
      throw error
    } catch let failure as NetworkCostFailure {
      throw .networkFailed("\(failure)")
    } catch PolicyProgramError.network(let failure) {
      throw .networkFailed("\(failure)")
    } catch {
      throw .undecided("\(error)")
    }
  }

  /// Limits that need not hold at once; throws everything that is wrong with any of them.
  public static func each(
    _ requests: [BudgetRequest], in space: SearchSpace
  ) throws(PrecisionSearchError) -> [Budget] {
    var problems: [PrecisionSearchError] = []
    var budgets: [Budget] = []
    for request in requests {
      do {
        budgets.append(try Budget(request, in: space))
      } catch {
        let isOneOfSeveral = space.tables.count > 1
        let target = space.tables[request.resource.target].provenance.name
        problems.append(isOneOfSeveral ? .onTarget(target, error) : error)
      }
    }
    guard problems.isEmpty else { throw problems.count == 1 ? problems[0] : .several(problems) }
    return budgets
  }

  private init(budgets: [Budget], witness: Policy) {
    self.budgets = budgets
    self.witness = witness
  }

  /// Whether `policy` of this search space is within every budget.
  public func admits(_ policy: Policy, in space: SearchSpace) throws(NetworkCostFailure) -> Bool {
    for budget in budgets {
      guard try budget.admits(policy, in: space) else { return false }
    }
    return true
  }

  private static func witness(of budgets: [Budget], in space: SearchSpace) throws -> Policy? {
    try PolicyProgram(space, budgets.map(CostConstraint.init)).anyPolicy()
  }

  /// Budgets that cannot hold together, while they can without any one of them.
  private static func conflict(
    among budgets: [Budget], in space: SearchSpace
  ) throws -> [BudgetConflict] {
    var needed = budgets
    for budget in budgets {
      let rest = needed.filter { $0 != budget }
      if try witness(of: rest, in: space) == nil { needed = rest }
    }
    return try needed.map { budget in
      let others = needed.filter { $0 != budget }.map(CostConstraint.init)
      guard let least = try PolicyProgram.least(of: budget.resource, within: others, in: space),
        let cost = try space.total(budget.resource, of: least.policy)
      else {
        preconditionFailure("without one budget, the others of a conflict hold")
      }
      return BudgetConflict(
        budget: budget, title: space.title(of: budget.resource), leastBesideOthers: cost)
    }
  }
}

extension BudgetSet: RandomAccessCollection {
  public var startIndex: Int { budgets.startIndex }
  public var endIndex: Int { budgets.endIndex }
  public subscript(position: Int) -> Budget { budgets[position] }
}

/// One of several budgets that exclude each other.
public struct BudgetConflict: Hashable, Sendable {
  public var budget: Budget
  /// What the budget is on, such as `latency on edge-array`.
  public var title: String
  /// The least that can be reached within the other budgets of the conflict, in the metric's SI unit.
  public var leastBesideOthers: Double
}

extension SearchSpace {
  /// Every layer at the least bits that it may have.
  var lowest: Policy { settled { $0.first! } }

  /// Every layer at the most bits that it may have.
  var widest: Policy { settled { $0.last! } }

  private func settled(_ choose: ([Precision]) -> Precision) -> Policy {
    let policy = Policy((0..<layerCount).map { choose(precisions(ofLayer: $0)) })
    return tiedWidths.sets.reduce(policy) { setting($1[0], to: $0[$1[0]], in: $0) }
  }
}
