import Evaluation
import Testing

@Suite struct HostWorkTests {
  @Test("work on one host is told apart from work on another, with the time up of each")
  func moves() throws {
    var ledger = HostLedger()
    let start = ContinuousClock.now
    ledger.begin(on: "node1", at: start)
    ledger.add(seconds: 2, isAnswered: true)
    ledger.add(seconds: 1, isAnswered: false)
    ledger.end(at: start + .seconds(4))
    // In the queue: up nowhere.
    ledger.begin(on: "node2", at: start + .seconds(10))
    ledger.add(seconds: 5, isAnswered: true)
    let work = ledger.work(until: start + .seconds(20))
    let first = try #require(work["node1"])
    let second = try #require(work["node2"])
    #expect((first.answerCount, first.deathCount, first.busySeconds, first.upSeconds) == (1, 1, 3, 4))
    #expect((second.answerCount, second.deathCount, second.busySeconds, second.upSeconds) == (1, 0, 5, 10))
    // 3 s of 4, and one answer in 4 s.
    #expect(first.busyShare == 0.75 && first.answersPerMinute == 15)
    // 8 s of 14, and two answers in 14 s.
    let both = first + second
    #expect(both.busyShare == 8.0 / 14 && both.answersPerMinute == 2.0 / 14 * 60)
    #expect(work.count == 2)
  }

  @Test("a worker that never came up did nothing anywhere")
  func nothing() {
    let ledger = HostLedger()
    #expect(ledger.work(until: .now).isEmpty)
    #expect(HostWork().busyShare == nil && HostWork().answersPerMinute == nil)
  }
}
