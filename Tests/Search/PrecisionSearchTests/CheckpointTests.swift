import Agents
import Core
import Evaluation
import Foundation
import PrecisionSearch
import Testing

/// A search that goes on from a kept state ends as one that was never interrupted.
@Suite struct CheckpointTests {
  private static func agent(_ updates: AgentSearch.Updates, rewardLag: Int = 1) -> AgentSearch {
    var agent = DDPGOptions()
    (agent.hidden1, agent.hidden2, agent.warmUpEpisodes, agent.batch) = (16, 16, 5, 16)
    return AgentSearch(agent: agent, updates: updates, rewardLag: rewardLag)
  }

  private static let methods: [(any SearchMethod, objective: Objective?)] = [
    (agent(.immediate), nil), (agent(.overlapped), nil), (RandomSearch(), nil),
    (EvolutionSearch(population: 6), nil), (AutomaticSearch(sensitivitySamples: 1), nil),
    (CheapestSearch(sensitivitySamples: 1), .cost(Resource(.latency), drop: 0.02)),
    (agent(.immediate, rewardLag: 7), nil),
  ]

  private static func search(_ index: Int, seed: UInt64 = 3) throws -> Search {
    var problem = try MadeUpNetwork.problem()
    if let objective = methods[index].objective {
      problem = SearchProblem(
        problem.space, budgets: .unlimited(in: problem.space), objective: objective)
    }
    return Search(
      problem, method: methods[index].0,
      options: SearchOptions(
        evaluations: 60, seed: seed, samples: 100, stoppingErrorRate: index == 2 ? 0.01 : nil))
  }

  private static func run(
    _ search: Search, resuming resumption: Resumption? = nil
  ) throws -> (result: SearchResult, checkpoints: [Checkpoint]) {
    var checkpoints: [Checkpoint] = []
    let result = try search.run(
      MadeUpNetwork.evaluator(), resuming: resumption,
      onCheckpoint: {
        checkpoints.append($0)
        return .next
      })
    return (result, checkpoints)
  }

  @Test("of every method that keeps states", arguments: methods.indices)
  func goesOn(method: Int) throws {
    let search = try Self.search(method)
    let whole = try Self.run(search)
    #expect(whole.result.ending == .completed)
    try #require(whole.checkpoints.count >= 3)
    #expect(whole.checkpoints.allSatisfy { $0.format == search.method.stateFormat })
    for (place, checkpoint) in whole.checkpoints.enumerated() {
      // As an interruption leaves it: some episodes are recorded that came after the state.
      let recorded = whole.result.episodes.prefix(checkpoint.episodes + 4).map(\.self)
      let resumed = try Self.run(search, resuming: Resumption(episodes: recorded, checkpoint: checkpoint))
      #expect(resumed.result == whole.result)
      // Equal states may differ in bytes: a dictionary in a property list has no order.
      #expect(
        resumed.checkpoints.map(\.episodes)
          == whole.checkpoints.dropFirst(place + 1).map(\.episodes))
    }
  }

  @Test("the state decides what comes after it: another seed's leads elsewhere", arguments: methods.indices)
  func stateCounts(method: Int) throws {
    let search = try Self.search(method)
    let (result, checkpoints) = try Self.run(search)
    let (_, others) = try Self.run(try Self.search(method, seed: 4))
    let checkpoint = try #require(checkpoints.first)
    var mixed = checkpoint
    mixed.state = try #require(others.first).state
    let resumed = try Self.run(search, resuming: Resumption(episodes: result.episodes, checkpoint: mixed))
    let before = result.episodes.prefix(checkpoint.episodes)
    #expect(resumed.result.episodes.prefix(checkpoint.episodes) == before)
    #expect(resumed.result.episodes != result.episodes)
  }

  @Test("a state of another format is left alone; one that cannot be read is an error with its place")
  func unreadable() throws {
    let search = try Self.search(2)
    let (result, checkpoints) = try Self.run(search)
    var checkpoint = try #require(checkpoints.last)
    checkpoint.format = "random/0"
    #expect(
      try Self.run(search, resuming: Resumption(episodes: result.episodes, checkpoint: checkpoint)).result
        == result)
    checkpoint.format = "random/1"
    checkpoint.state = checkpoint.state.prefix(20)
    do {
      _ = try Self.run(search, resuming: Resumption(episodes: result.episodes, checkpoint: checkpoint))
      Issue.record("half a state was read")
    } catch let failure as SearchFailure {
      #expect(
        "\(failure.cause)".hasPrefix(
          "the state of random/1 that was kept after \(checkpoint.episodes) episodes cannot be read"))
    }
  }

  @Test("a state ahead of the log is an error, not a trap")
  func ahead() throws {
    let (result, checkpoints) = try Self.run(try Self.search(2))
    let checkpoint = try #require(checkpoints.last)
    for episodes in [checkpoint.episodes + 1000, -1] {
      var moved = checkpoint
      moved.episodes = episodes
      #expect(throws: (any Error).self) { try Resumption(episodes: result.episodes, checkpoint: moved) }
    }
  }

  @Test("a state or an episode of other layers is an error, not a trap", arguments: methods.indices)
  func otherLayers(method: Int) throws {
    let search = try Self.search(method)
    let (result, checkpoints) = try Self.run(search)
    let checkpoint = try #require(checkpoints.first)
    var episodes = result.episodes
    episodes[0].measured.policy.precisions.removeLast()
    let resumption = try Resumption(episodes: episodes, checkpoint: checkpoint)
    let failure = #expect(throws: SearchFailure.self) { try Self.run(search, resuming: resumption) }
    #expect(
      failure.map { "\($0.cause)" }?.contains("policy 1 is not one that this search may measure") == true)

    // A list without its last element, wherever the state has lists of a length that follows from the layers.
    var format = PropertyListSerialization.PropertyListFormat.binary
    let state = try PropertyListSerialization.propertyList(from: checkpoint.state, format: &format)
    var shortened = checkpoint
    shortened.state = try PropertyListSerialization.data(
      fromPropertyList: Self.shortened(state), format: .binary, options: 0)
    let broken = try Resumption(episodes: result.episodes, checkpoint: shortened)
    #expect(throws: SearchFailure.self) { try Self.run(search, resuming: broken) }
  }

  private static func shortened(_ value: Any) -> Any {
    switch value {
    case let list as [Any]: list.dropLast().map(shortened)
    case let members as [String: Any]: members.mapValues(shortened)
    case let bytes as Data: bytes.dropLast(4)
    default: value
    }
  }

  @Test("a state of another lag, or with proposals that cannot be, is an error, not a trap")
  func otherProposals() throws {
    let search = try Self.search(6)
    let (result, checkpoints) = try Self.run(search)
    let checkpoint = try #require(checkpoints.first)
    let other = Search(try MadeUpNetwork.problem(), method: Self.agent(.immediate), options: search.options)
    let resumption = try Resumption(episodes: result.episodes, checkpoint: checkpoint)
    let failure = #expect(throws: SearchFailure.self) { try Self.run(other, resuming: resumption) }
    #expect(
      failure.map { "\($0.cause)" }?.contains(
        "it has 6 policies that are to be measured; a reward lag of 1 leaves 0") == true)

    var format = PropertyListSerialization.PropertyListFormat.binary
    let state = try PropertyListSerialization.propertyList(from: checkpoint.state, format: &format)
    let members = try #require(state as? [String: Any])
    let proposals = (members["proposals"] as? [Any] ?? []).compactMap { $0 as? [String: Any] }
    try #require(proposals.count == 6)
    let actions = try #require(proposals[0]["actions"] as? [Any])
    let impossible: [(key: String, value: Any)] = [
      ("actions", actions.map { _ in 1.5 }), ("actions", actions.map { _ in Double.nan }),
      ("actions", actions + [0.5]), ("origin", ["greedy": [String: Any]()]),
      ("origin", ["agent": ["sigma": -1.0]]),
    ]
    for (key, value) in impossible {
      var (changed, broken) = (members, proposals)
      broken[0][key] = value
      changed["proposals"] = broken
      var moved = checkpoint
      moved.state = try PropertyListSerialization.data(
        fromPropertyList: changed, format: .binary, options: 0)
      let resumption = try Resumption(episodes: result.episodes, checkpoint: moved)
      let failure = #expect(throws: SearchFailure.self) { try Self.run(search, resuming: resumption) }
      #expect(
        failure.map { "\($0.cause)" }?.contains("it is of another search") == true, "\(key): \(value)")
    }
  }

  @Test("an agent of other sizes than the state's says so, and what can be done")
  func otherSizes() throws {
    let search = try Self.search(0)
    let (result, checkpoints) = try Self.run(search)
    var options = DDPGOptions()
    (options.hidden1, options.hidden2, options.warmUpEpisodes, options.batch) = (24, 16, 5, 16)
    let other = Search(
      try MadeUpNetwork.problem(), method: AgentSearch(agent: options), options: search.options)
    let resumption = try Resumption(episodes: result.episodes, checkpoint: #require(checkpoints.first))
    let failure = #expect(throws: SearchFailure.self) { try Self.run(other, resuming: resumption) }
    let message = failure.map { "\($0.cause)" } ?? ""
    #expect(message.contains("the agent's state is not one of these options") && message.contains("--fork"))
  }
}
