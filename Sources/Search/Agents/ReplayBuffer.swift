package import RandomNumbers

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

extension ReplayBuffer: Codable {
  private enum CodingKeys: CodingKey { case capacity, next, stateWidth, numbers }

  /// Of each transition: its state, action and reward, 1 and the next state, or 0 and zeros at the end of an episode.
  package func encode(to encoder: any Encoder) throws {
    let width = transitions.first?.state.count ?? 0
    let numbers = transitions.flatMap { transition in
      transition.state + [transition.action, transition.reward, transition.next == nil ? 0 : 1]
        + (transition.next ?? [Float](repeating: 0, count: width))
    }
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(capacity, forKey: .capacity)
    try container.encode(next, forKey: .next)
    try container.encode(width, forKey: .stateWidth)
    try container.encode(PackedFloats(numbers), forKey: .numbers)
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let width = try container.decode(Int.self, forKey: .stateWidth)
    let numbers = try container.decode(PackedFloats.self, forKey: .numbers).values
    capacity = try container.decode(Int.self, forKey: .capacity)
    next = try container.decode(Int.self, forKey: .next)
    guard (0...4096).contains(width), numbers.count.isMultiple(of: 2 * width + 3), capacity > 0,
      (0..<capacity).contains(next), numbers.count / (2 * width + 3) <= capacity
    else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "not a replay memory"))
    }
    transitions = stride(from: 0, to: numbers.count, by: 2 * width + 3).map { start in
      let rest = numbers[(start + width)..<(start + 2 * width + 3)]
      return Transition(
        state: Array(numbers[start..<(start + width)]), action: rest[start + width],
        reward: rest[start + width + 1],
        next: rest[start + width + 2] == 0 ? nil : Array(rest.dropFirst(3)))
    }
    count = transitions.count
  }

  /// Whether all stored states have this number of elements.
  func holdsStates(of width: Int) -> Bool { transitions.allSatisfy { $0.state.count == width } }
}

/// One step of an agent in its environment.
public struct Transition: Hashable, Sendable, Codable {
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
