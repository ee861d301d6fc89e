import Agents
import RandomNumbers
import Testing

@Suite struct ReplayBufferTests {
  private func transition(_ action: Float) -> Transition {
    Transition(state: [action], action: action, reward: 0, next: nil)
  }

  @Test("a full buffer forgets the oldest transition")
  func forgetting() {
    var replay = ReplayBuffer(capacity: 3)
    for action in 0..<2 { replay.append(transition(Float(action))) }
    #expect(replay.count == 2)
    for action in 2..<5 { replay.append(transition(Float(action))) }
    #expect(replay.count == 3)
    #expect(Set((0..<3).map { replay[$0].action }) == [2, 3, 4])
  }

  @Test("a draw is of distinct positions, and every position comes up")
  func drawing() {
    var replay = ReplayBuffer(capacity: 8)
    for action in 0..<8 { replay.append(transition(Float(action))) }
    var source = RandomSource(seed: 1)
    var positions = [0, 0, 0, 0]
    var counts = Array(repeating: 0, count: 8)
    for _ in 0..<1000 {
      replay.draw(into: &positions, from: &source)
      #expect(Set(positions).count == 4)
      for position in positions { counts[position] += 1 }
    }
    // Binomial: 500 expected, standard deviation sqrt(1000 * 0.5 * 0.5) = 16.
    #expect(counts.allSatisfy { abs($0 - 500) < 80 })
  }

  @Test("drawing as many as there are gives all of them")
  func exhausting() {
    var replay = ReplayBuffer(capacity: 4)
    for action in 0..<4 { replay.append(transition(Float(action))) }
    var source = RandomSource(seed: 1)
    var positions = [0, 0, 0, 0]
    replay.draw(into: &positions, from: &source)
    #expect(positions.sorted() == [0, 1, 2, 3])
  }
}
