import Rendering
import Testing

@Suite struct WorkPaceTests {
  private func pace(_ notes: (done: Int, seconds: Double)...) -> WorkPace {
    notes.reduce(into: WorkPace()) { $0.note(done: $1.done, at: $1.seconds) }
  }

  @Test("nothing is known after the first part, whose time has the loading in it")
  func first() {
    #expect(WorkPace().secondsLeft(of: 313, at: 9) == nil)
    #expect(pace((1, 6)).secondsLeft(of: 313, at: 6) == nil)
    // The second took half a second, so 311 will take 155.5 s, where 6.5 s for two would be 1011 s.
    #expect(pace((1, 6), (2, 6.5)).secondsLeft(of: 313, at: 6.5) == 155.5)
  }

  @Test("work that begins with nothing done has an estimate after its first part")
  func begun() {
    #expect(pace((0, 10), (1, 40)).secondsLeft(of: 5, at: 40) == 120)
    // Ten seconds of the second part have gone by.
    #expect(pace((0, 10), (1, 40)).secondsLeft(of: 5, at: 50) == 110)
    #expect(pace((0, 10), (1, 40)).secondsLeft(of: 5, at: 500) == 0)
  }

  @Test("parts may come together, and the last thirty notes decide")
  func window() throws {
    #expect(pace((1, 0), (5, 8)).secondsEach == 2)
    // 1 s each up to 100, then 3 s each: of the last thirty notes, 29 differences of 3 s.
    let slower = (1...200).reduce(into: WorkPace()) { pace, done in
      pace.note(done: done, at: Double(done <= 100 ? done : 100 + 3 * (done - 100)))
    }
    #expect(slower.secondsEach == 3)
  }

  @Test("when less is done than before, other work has begun, of which nothing is known")
  func otherWork() {
    #expect(pace((1, 0), (2, 1), (1, 100)).secondsEach == nil)
    #expect(pace((1, 0), (2, 1), (1, 100), (2, 104)).secondsEach == 4)
    var pace = pace((1, 0), (2, 1))
    pace.forget()
    #expect(pace.secondsEach == nil)
  }
}
