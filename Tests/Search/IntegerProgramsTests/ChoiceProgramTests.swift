import IntegerPrograms
import RandomNumbers
import Testing

@Suite struct ChoiceProgramTests {
  @Test("takes the least penalty within the limit: worked by hand")
  func byHand() throws {
    // Uses 4 + 3 = 7 > 6. Lowering the first costs 1 (uses 2 + 3 = 5), lowering the second costs 2 (4 + 1 = 5).
    let program = ChoiceProgram(
      groups: [
        [.init(penalty: 0, uses: [4]), .init(penalty: 1, uses: [2])],
        [.init(penalty: 0, uses: [3]), .init(penalty: 2, uses: [1])],
      ], limits: [6])
    let solution = try program.solve()
    #expect(solution.choices == [1, 0])
    #expect(solution.penalty == 1 && solution.gap == 0)
  }

  @Test("a sum that equals the limit is within it")
  func tight() throws {
    let group: [ChoiceProgram.Option] = [.init(penalty: 0, uses: [0.1]), .init(penalty: 1, uses: [0])]
    // 0.1 + 0.1 + 0.1 as numbers with 53 bits, which is not 0.3.
    let program = ChoiceProgram(groups: [group, group, group], limits: [0.1 + 0.1 + 0.1])
    #expect(try program.solve().choices == [0, 0, 0])
  }

  @Test("says so when nothing fits")
  func infeasible() {
    let program = ChoiceProgram(
      groups: [[.init(penalty: 0, uses: [2])], [.init(penalty: 0, uses: [2])]], limits: [3])
    #expect(throws: IntegerProgramError.infeasible) { try program.solve() }
  }

  /// Groups of random options; penalties over six orders of magnitude, as sensitivities are.
  private static func random(_ seed: Int, groups: Int, options: Int, limits: Int) -> ChoiceProgram {
    var generator = SeededGenerator(seed: UInt64(seed))
    let made = (0..<groups).map { _ in
      (0..<options).map { _ in
        var penalty = 1.0
        for _ in 0..<6 { penalty *= Double.random(in: 0.1...1, using: &generator) }
        return ChoiceProgram.Option(
          penalty: penalty,
          uses: (0..<limits).map { _ in Double(Int.random(in: 0...40, using: &generator)) * 1.3e-6 })
      }
    }
    let budget = Double(groups) * 40 * 1.3e-6
    return ChoiceProgram(
      groups: made, limits: (0..<limits).map { _ in budget * .random(in: 0.05...0.7, using: &generator) })
  }

  /// Every choice, one by one.
  private static func bruteForce(_ program: ChoiceProgram) -> Double? {
    let all = program.groups.reduce([[Int]([])]) { choices, group in
      choices.flatMap { choice in group.indices.map { choice + [$0] } }
    }
    return all.filter(program.admits).map(program.penalty).min()
  }

  @Test("equals brute force", arguments: 0..<60)
  func equalsBruteForce(seed: Int) throws {
    let program = Self.random(seed, groups: 2 + seed % 4, options: 2 + seed % 5, limits: 1 + seed % 3)
    guard let least = Self.bruteForce(program) else {
      #expect(throws: IntegerProgramError.infeasible) { try program.solve() }
      return
    }
    let solution = try program.solve()
    #expect(program.admits(solution.choices))
    #expect(program.penalty(of: solution.choices) == solution.penalty)
    #expect(abs(solution.penalty - least) <= 1e-9 * least, "\(solution.penalty), least \(least)")
    #expect(solution.gap <= 1e-9)
  }

  @Test(
    "of sums that differ by less than the solver can see, one within the limit is found", arguments: 0..<8)
  func nearTheLimit(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    // Every option of a group uses a multiple of 0.1 and up to a billionth more, so that sums of equal multiples lie closer
    // together than the solver's tolerance of a ten-millionth; those of lower penalty use more.
    let groups = (0..<7).map { _ in
      (0..<4).map { step in
        let detail = Double.random(in: 0...1, using: &generator)
        return ChoiceProgram.Option(
          penalty: Double(4 - step) - 0.5 * detail, uses: [0.1 * Double(step + 1) + 1e-9 * detail])
      }
    }
    let middle = groups.reduce(0) { $0 + $1[1].uses[0] }
    let program = ChoiceProgram(groups: groups, limits: [middle])
    let solution = try program.solve()
    #expect(program.admits(solution.choices))
    let least = try #require(Self.bruteForce(program))
    #expect(solution.bound <= least * (1 + 1e-9))
    // The gap says how far the solution may be from the least one, and is not exceeded.
    #expect(solution.penalty * (1 - solution.gap) <= least * (1 + 1e-9))
    #expect(solution.gap < 0.1)
  }

  @Test("linked groups choose options of one kind: equals brute force", arguments: 0..<40)
  func linked(seed: Int) throws {
    let free = Self.random(seed, groups: 4, options: 6, limits: 1 + seed % 2)
    let groups = free.groups.enumerated().map { group, options in
      options.enumerated().map {
        ChoiceProgram.Option(penalty: $1.penalty, uses: $1.uses, kind: ($0 * (group + 1) + seed) % 3)
      }
    }
    let program = ChoiceProgram(
      groups: groups, limits: free.limits, links: seed % 3 == 0 ? [[0, 2, 3]] : [[0, 1], [2, 3]])
    guard let least = Self.bruteForce(program) else {
      #expect(throws: IntegerProgramError.infeasible) { try program.solve() }
      return
    }
    let solution = try program.solve()
    #expect(program.admits(solution.choices))
    #expect(abs(solution.penalty - least) <= 1e-9 * least, "\(solution.penalty), least \(least)")
  }

  @Test(
    "a group's level is the largest kind of the groups that it follows: equals brute force", arguments: 0..<60
  )
  func followed(seed: Int) throws {
    let free = Self.random(seed, groups: 4, options: 6, limits: 1 + seed % 2)
    let groups = free.groups.enumerated().map { group, options in
      options.enumerated().map {
        ChoiceProgram.Option(
          penalty: $1.penalty, uses: $1.uses, kind: ($0 * (group + 1) + seed) % 3,
          level: ($0 / 2 + group + seed) % 3)
      }
    }
    // A chain; a group that two are followed by; and one that is linked and followed at once.
    let followed = [[0: [1], 1: [2], 2: [3]], [0: [1, 2], 1: [3], 2: [3]], [0: [1, 2, 3]]][seed % 3]
    let program = ChoiceProgram(
      groups: groups, limits: free.limits, links: seed % 4 == 0 ? [[1, 2]] : [], followed: followed)
    guard let least = Self.bruteForce(program) else {
      #expect(throws: IntegerProgramError.infeasible) { try program.solve() }
      return
    }
    let solution = try program.solve()
    #expect(program.admits(solution.choices))
    #expect(abs(solution.penalty - least) <= 1e-9 * least, "\(solution.penalty), least \(least)")
    #expect(solution.gap <= 1e-9)
  }

  @Test("a group's level is the largest kind of the groups that it follows: worked by hand")
  func followedByHand() throws {
    // The cheapest kinds are 4 and 8, so that the level is 8 at a penalty of 5. With kind 4 in both, 1 + 0 is lost instead.
    let program = ChoiceProgram(
      groups: [
        [.init(penalty: 0, uses: [], level: 4), .init(penalty: 5, uses: [], level: 8)],
        [.init(penalty: 0, uses: [], kind: 4), .init(penalty: 2, uses: [], kind: 8)],
        [.init(penalty: 1, uses: [], kind: 4), .init(penalty: 0, uses: [], kind: 8)],
      ], limits: [], followed: [0: [1, 2]])
    let solution = try program.solve()
    #expect(solution.choices == [0, 0, 0] && solution.penalty == 1)
    #expect(!program.admits([0, 0, 1]) && program.admits([1, 0, 1]) && !program.admits([1, 0, 0]))
  }

  @Test("a network's worth of options is proven optimal", arguments: 0..<6)
  func large(seed: Int) throws {
    let program = Self.random(seed, groups: 51, options: 49, limits: 1 + seed % 2)
    let solution = try program.solve()
    #expect(program.admits(solution.choices))
    #expect(solution.gap <= 1e-6)
  }
}
