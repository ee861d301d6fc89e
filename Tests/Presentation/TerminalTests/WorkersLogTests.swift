import Evaluation
import FixtureBuilding
import Foundation
import Terminal
import Testing
import WorkerLaunchers

@Suite("The log of a search's workers")
struct WorkersLogTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func log(areElsewhere: Bool) -> WorkersLog {
    WorkersLog(in: folder.url.path, areElsewhere: areElsewhere)
  }

  /// The lines of the file without their times; nil where there is no file.
  private var lines: [String]? {
    let text = try? String(contentsOf: folder.url.appending(path: "workers.log"), encoding: .utf8)
    return text?.split(separator: "\n").map { line in
      String(line.drop { $0 != " " }.dropFirst())
    }
  }

  private static func work(answers: Int, deaths: Int = 0, busy: Double, up: Double) -> HostWork {
    var work = HostWork()
    (work.answerCount, work.deathCount, work.busySeconds, work.upSeconds) = (answers, deaths, busy, up)
    return work
  }

  @Test("adds up what each worker and each host did")
  func ends() {
    // The first worker moved from a to b; the second was on b the whole time.
    let states = [
      WorkerState(
        .up, crashCount: 1, hello: WorkerHello(host: "b", devices: "0,1"), answerCount: 12,
        queueSeconds: 2.25,
        workByHost: [
          "a": Self.work(answers: 2, deaths: 1, busy: 10, up: 20),
          "b": Self.work(answers: 10, busy: 30, up: 40),
        ]),
      WorkerState(
        .up, hello: WorkerHello(host: "b"), answerCount: 20,
        workByHost: ["b": Self.work(answers: 20, busy: 60, up: 60)]),
    ]
    log(areElsewhere: true).noteEnd(states)
    // Worker 1: 40 of 60 s are 67 %, 12 answers in a minute. Host b: 90 of 100 s; 30 answers in 100 s of two workers side
    // by side are 36 a minute.
    #expect(
      lines == [
        "worker 1: host b, evaluations 12, restarts 1, queue 2.3 s, busy 67 %, 12.0 a minute, devices 0,1",
        "worker 2: host b, evaluations 20, restarts 0, queue 0.0 s, busy 100 %, 20.0 a minute",
        "host a: workers 1, evaluations 2, deaths 1, busy 50 %, 6.0 a minute",
        "host b: workers 2, evaluations 30, deaths 0, busy 90 %, 36.0 a minute",
        "2 workers on 1 host: 32 evaluations, 1 restart, 2.3 s in the queue; workers.log has each",
      ])
  }

  @Test("has one line for each event, whatever an error says")
  func events() {
    struct Broken: Error, CustomStringConvertible { let description = "first\nsecond" }
    let log = log(areElsewhere: true)
    log.note(WorkerEvent(worker: 3, .up(WorkerHello(host: "n1", job: "7.0"), queueSeconds: 0.62)))
    log.note(WorkerEvent(worker: 3, .died(Broken())))
    #expect(
      lines == [
        "worker 3 is up on n1 (job 7.0, 0.6 s in the queue)",
        "worker 3 died and is started again: first second",
      ])
  }

  @Test("is not written for workers of this machine")
  func local() {
    let log = log(areElsewhere: false)
    log.note(WorkerEvent(worker: 1, .up(nil, queueSeconds: 0)))
    log.noteWaiting([WorkerState(.starting)])
    log.noteEnd([WorkerState(.up, answerCount: 3)])
    #expect(lines == nil)
  }
}
