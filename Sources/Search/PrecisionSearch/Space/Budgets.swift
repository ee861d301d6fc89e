public import Core

/// Limits that hold at once, resolved for one search space and known to be reachable together.
public struct Budgets: Hashable, Sendable {
  public let limits: [Budget]
  /// A policy within all limits.
  let witness: Policy

  /// A limit as it was asked for.
  public typealias Request = (resource: Resource, limit: Budget.Limit)

  /// No limit at all.
  public static func unlimited(in space: SearchSpace) -> Budgets {
    Budgets(limits: [], witness: space.widest)
  }

  /// - Precondition: `budget` was resolved in `space`.
  public init(_ budget: Budget, in space: SearchSpace) {
    self.init(limits: [budget], witness: space.cheapest(budget.resource))
  }

  /// Throws everything that is wrong with single limits, or else `conflict` with those that exclude each other.
  public init(_ requests: [Request], in space: SearchSpace) throws(PrecisionSearchError) {
    let limits = try Self.resolve(requests, in: space)
    // Mostly fewer bits cost less of everything, and one of these policies is within all limits.
    if let failure = space.networkFailure { throw .networkFailed("\(failure)") }
    let simple = limits.isEmpty ? [space.widest] : limits.map { space.cheapest($0.resource) } + [space.lowest]
    let known = simple.first { policy in limits.allSatisfy { $0.admits(policy, in: space) } }
    do {
      guard let witness = try known ?? Self.witness(of: limits, in: space) else {
        if let failure = space.networkFailure { throw PrecisionSearchError.networkFailed("\(failure)") }
        guard limits.allSatisfy({ !space.isOfNetwork($0.resource) }) else {
          throw PrecisionSearchError.undecided(
            "no policy within all of them was found, and costs of layers do not add up on a target; "
              + "raise one of them")
        }
        throw PrecisionSearchError.conflict(try Self.conflict(among: limits, in: space))
      }
      self.init(limits: limits, witness: witness)
    } catch let error as PrecisionSearchError {
      throw error
    } catch {
      throw .undecided("\(error)")
    }
  }

  private static func resolve(
    _ requests: [Request], in space: SearchSpace
  ) throws(PrecisionSearchError) -> [Budget] {
    var problems: [PrecisionSearchError] = []
    var limits: [Budget] = []
    for request in requests {
      let (metric, target) = (request.resource.metric, request.resource.target)
      do {
        limits.append(try Budget(metric, request.limit, target: target, in: space))
      } catch {
        let isOneOfSeveral = space.tables.count > 1
        problems.append(
          isOneOfSeveral ? .onTarget(space.tables[target].provenance.target, error) : error)
      }
    }
    guard problems.isEmpty else { throw problems.count == 1 ? problems[0] : .several(problems) }
    return limits
  }

  private init(limits: [Budget], witness: Policy) {
    self.limits = limits
    self.witness = witness
  }

  /// Whether `policy` of this search space is within every limit.
  public func admits(_ policy: Policy, in space: SearchSpace) -> Bool {
    limits.allSatisfy { $0.admits(policy, in: space) }
  }

  private static func witness(of limits: [Budget], in space: SearchSpace) throws -> Policy? {
    try PolicyProgram(space, limits: limits.map(ResourceLimit.init)).anyPolicy()
  }

  /// A set of limits that cannot hold together, while they can without any one of them.
  private static func conflict(
    among limits: [Budget], in space: SearchSpace
  ) throws -> [LimitConflict] {
    var needed = limits
    for limit in limits {
      let rest = needed.filter { $0 != limit }
      if try witness(of: rest, in: space) == nil { needed = rest }
    }
    return try needed.map { limit in
      let others = needed.filter { $0 != limit }.map(ResourceLimit.init)
      guard let least = try PolicyProgram.least(of: limit.resource, within: others, in: space) else {
        preconditionFailure("without one limit, the others of a conflict hold")
      }
      return LimitConflict(budget: limit, leastBesideOthers: least)
    }
  }
}

/// One of several limits that exclude each other.
public struct LimitConflict: Hashable, Sendable {
  public var budget: Budget
  /// The least that can be reached within the other limits of the conflict, in the metric's SI unit.
  public var leastBesideOthers: Double
}

extension SearchSpace {
  /// Every layer at the least bits that it may have.
  var lowest: Policy { settled { $0.first! } }

  /// Every layer at the most bits that it may have.
  var widest: Policy { settled { $0.last! } }

  private func settled(_ choose: ([Precision]) -> Precision) -> Policy {
    let policy = Policy((0..<layerCount).map { choose(precisions(ofLayer: $0)) })
    return couplings.sets.reduce(policy) { setting($1[0], to: $0[$1[0]], in: $0) }
  }
}
