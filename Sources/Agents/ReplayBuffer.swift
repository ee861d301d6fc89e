/// The latest transitions of an agent, from which it draws mini-batches.
package struct ReplayBuffer: Sendable {
  package let capacity: Int
  package private(set) var count = 0
  private var transitions: [Transition] = []
  private var next = 0

  /// - Precondition: `capacity` is positive.
  package init(capacity: Int) {
    precondition(capacity > 0)
    self.capacity = capacity
    transitions.reserveCapacity(capacity)
  }

  /// Remembers `transition`, forgetting the oldest one when full.
  package mutating func append(_ transition: Transition) {
    if count < capacity {
      transitions.append(transition)
      count += 1
    } else {
      transitions[next] = transition
    }
    next = (next + 1) % capacity
  }

  /// A remembered transition; positions have no meaning in time.
  package subscript(position: Int) -> Transition { transitions[position] }

  /// Fills `positions` with distinct positions, uniformly drawn.
  ///
  /// - Precondition: at least as many transitions are remembered.
  package func draw(into positions: inout [Int], from source: inout RandomSource) {
    precondition(positions.count <= count)
    for i in positions.indices {
      repeat { positions[i] = source.index(below: count) } while positions[..<i].contains(positions[i])
    }
  }
}

/// One step of an agent in its environment.
public struct Transition: Hashable, Sendable {
  public var state: [Float]
  /// Within 0...1.
  public var action: Float
  public var reward: Float
  /// Nil when the step ended its episode.
  public var next: [Float]?

  public init(state: [Float], action: Float, reward: Float, next: [Float]?) {
    self.state = state
    self.action = action
    self.reward = reward
    self.next = next
  }
}
