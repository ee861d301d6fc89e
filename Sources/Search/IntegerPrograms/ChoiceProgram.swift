/// Chooses one option of each group so that the penalties add up to the least and every limit holds.
///
/// The multiple-choice knapsack problem with any number of limits; solved exactly.
public struct ChoiceProgram: Hashable, Sendable {
  /// One way to settle a group.
  public struct Option: Hashable, Sendable {
    /// Not negative, finite.
    public var penalty: Double
    /// What of each limit the option uses; not negative, finite.
    public var uses: [Double]
    /// What the choices of linked groups have in common, and of which a level covers all; means nothing in other
    /// groups.
    public var kind: Int
    /// The kind that covers those of the groups that this group follows; means nothing in other groups.
    public var level: Int

    public init(penalty: Double, uses: [Double], kind: Int = 0, level: Int = 0) {
      self.penalty = penalty
      self.uses = uses
      self.kind = kind
      self.level = level
    }
  }

  /// A chosen option for each group.
  public struct Solution: Hashable, Sendable {
    /// The position of the option within its group, by group.
    public var choices: [Int]
    public var penalty: Double
    /// No choice within the limits has a penalty below this.
    public var bound: Double

    /// How far the penalty may be from the least, as a share of it; 0 when the solution is proven optimal.
    public var gap: Double { penalty > bound ? (penalty - bound) / penalty : 0 }
  }

  public let groups: [[Option]]
  /// Each above 0.
  public let limits: [Double]
  /// Sets of groups whose chosen options are of one kind.
  public let links: [[Int]]
  /// For groups whose chosen option's level covers the kinds that are chosen in other groups, these groups.
  public let followed: [Int: [Int]]
  public let order: KindOrder

  /// - Precondition: no group is empty, every option uses something of every limit, zero included, no group is
  ///   in two links, and a group that follows others follows at least one, each once.
  public init(
    groups: [[Option]], limits: [Double], links: [[Int]] = [], followed: [Int: [Int]] = [:],
    order: KindOrder = .ascending
  ) {
    precondition(groups.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0.uses.count == limits.count } })
    precondition(followed.values.allSatisfy { !$0.isEmpty && Set($0).count == $0.count })
    precondition(limits.allSatisfy { $0 > 0 && $0.isFinite })
    precondition(Set(links.joined()).count == links.reduce(0) { $0 + $1.count })
    self.groups = groups
    self.limits = limits
    self.links = links
    self.followed = followed
    self.order = order
  }

  /// Whether the choices of some groups restrict those of others.
  var isCoupled: Bool { !links.isEmpty || !followed.isEmpty }

  /// What the chosen options use of each limit, added in the order of groups.
  public func uses(of choices: [Int]) -> [Double] {
    limits.indices.map { limit in
      zip(groups, choices).reduce(0) { $0 + $1.0[$1.1].uses[limit] }
    }
  }

  /// The penalties of the chosen options, added in the order of groups.
  public func penalty(of choices: [Int]) -> Double {
    zip(groups, choices).reduce(0) { $0 + $1.0[$1.1].penalty }
  }

  /// Whether the chosen options keep within every limit, exactly, linked ones are of one kind, and levels cover
  /// the kinds that they follow.
  public func admits(_ choices: [Int]) -> Bool {
    func option(_ group: Int) -> Option { groups[group][choices[group]] }
    return zip(uses(of: choices), limits).allSatisfy { $0 <= $1 }
      && links.allSatisfy { Set($0.map { option($0).kind }).count <= 1 }
      && followed.allSatisfy { option($0).level == order.level(of: $1.map { option($0).kind }) }
  }

  /// The positions of the options of a group that are no worse than every other in penalty and in all uses.
  ///
  /// Of equal options the first is kept. Only these can be part of the best solution. In a group that is linked or
  /// followed an option is compared with those of its own kind, in one that follows others with those of its level.
  func undominated(in index: Int) -> [Int] {
    let group = groups[index]
    let kindMatters = links.joined().contains(index) || followed.values.joined().contains(index)
    let levelMatters = followed[index] != nil
    return group.indices.filter { candidate in
      !group.indices.contains { other in
        guard other != candidate, !kindMatters || group[other].kind == group[candidate].kind,
          !levelMatters || group[other].level == group[candidate].level,
          group[other].isNoWorse(than: group[candidate])
        else { return false }
        return other < candidate || !group[candidate].isNoWorse(than: group[other])
      }
    }
  }
}

extension ChoiceProgram.Option {
  fileprivate func isNoWorse(than other: Self) -> Bool {
    penalty <= other.penalty && zip(uses, other.uses).allSatisfy { $0 <= $1 }
  }
}
