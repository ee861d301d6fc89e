import Core

extension SearchLog {
  /// The state to go on from, after measuring again what came before it; nil when there is none of this kind.
  ///
  /// To be called once a method has measured its sensitivities, in place of its way to that state.
  ///
  /// - Parameter use: What the method does with the answers.
  func resumed<State: MethodState>(as _: State.Type, for use: Use = .comparing) throws(End) -> State? {
    guard let resumption, resumption.checkpoint.format == State.format else { return nil }
    let checkpoint = resumption.checkpoint
    let state: State
    do {
      state = try checkpoint.state(as: State.self)
    } catch {
      throw unreadable(checkpoint, error)
    }
    guard result.episodes.count <= checkpoint.episodes else {
      throw unreadable(checkpoint, ImpossibleState("the search begins with more episodes"))
    }
    guard state.isPossible(problem, after: checkpoint.episodes) else {
      throw unreadable(checkpoint, ImpossibleState("it is of another search"))
    }
    for episode in resumption.episodes[result.episodes.count..<checkpoint.episodes] {
      guard problem.allows(episode.measured.policy) else {
        throw unreadable(
          checkpoint, ImpossibleState("policy \(episode.index + 1) is not one that this search may measure"))
      }
      _ = try measure(episode.measured.policy, from: episode.origin, for: use)
    }
    lastCheckpoint = checkpoint.episodes
    return state
  }

  /// The end of a search that cannot go on from a state, whether its bytes or what they say is wrong.
  func unreadable(_ checkpoint: Checkpoint, _ cause: any Error) -> End {
    .failed(UnreadableCheckpoint(checkpoint: checkpoint, cause: cause))
  }

  /// Hands out the state between two episodes, from time to time.
  func keep(_ state: () -> some MethodState) throws(End) {
    guard result.episodes.count >= lastCheckpoint + Checkpoint.interval else { return }
    lastCheckpoint = result.episodes.count
    let checkpoint: Checkpoint
    do {
      checkpoint = try Checkpoint(episodes: lastCheckpoint, state())
    } catch {
      throw .failed(error)
    }
    if onCheckpoint(checkpoint) == .stop { throw .stopped }
  }
}

extension SearchProblem {
  /// Whether a policy from a file has the layers of this problem, legal precisions, and is within the budgets; where the
  /// target fails to say what it costs, its measuring will tell.
  func allows(_ policy: Policy) -> Bool {
    space.contains(policy) && ((try? budgets.admits(policy, in: space)) ?? true)
  }
}
