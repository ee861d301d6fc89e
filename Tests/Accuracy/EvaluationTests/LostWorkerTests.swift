import Core
import Evaluation
import FixtureBuilding
import Foundation
import Testing
import WorkerLaunchers

/// Workers that wait, are lost, or do not come, behind an `srun` of shell.
@Suite(.serialized) struct LostWorkerTests {
  private static func request(_ bits: Int) -> EvaluationRequest {
    let precision = Precision(weight: BitWidth(bits)!, activation: .eight)
    return EvaluationRequest(policy: Policy([precision, precision]))
  }

  private static let requests = (2...8).map(request)
  private static let accuracies = [0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08]

  /// Events of a pool, in words without what differs from run to run.
  private final class Events {
    var all: [WorkerEvent] = []
    var texts: [String] { all.map(\.text) }
  }

  private func pool(
    _ cluster: FakeCluster, workers: Int, attempts: Int = 3, _ events: Events = Events(),
    whileStarting: ([WorkerState]) -> Void = { _ in }
  ) throws -> EvaluatorPool {
    var request = LauncherOptions(.slurm(.init()))
    request.attempts = attempts
    let launcher = try SlurmLauncher(request, .init(), threads: nil, environment: cluster.environment)
    let launches = (1...workers).map { worker in
      var launch = launcher.launch(cluster.evaluator, worker: worker)
      launch.remote?.firstPause = .milliseconds(10)
      return launch
    }
    return try EvaluatorPool(launches, onEvent: { events.all.append($0) }, whileStarting: whileStarting)
  }

  @Test("messages and studies name the evaluator, wherever it runs")
  func names() throws {
    let cluster = try FakeCluster(evaluator: "")
    let slurm = try SlurmLauncher(
      LauncherOptions(.slurm(.init())), .init(), threads: nil, environment: cluster.environment)
    let there = slurm.launch(cluster.evaluator, worker: 1)
    #expect(there.executable.path == cluster.folder.path("srun"))
    #expect(there.command == "evaluator an argument" && there.restarts == 2 && there.remote != nil)
    let here = LocalLauncher().launch(cluster.evaluator, worker: 1)
    #expect(here.executable == cluster.evaluator.executable && here.remote == nil)
  }

  @Test("workers say where they run, and answer as one on this machine does", arguments: [1, 3])
  func hosts(workers: Int) throws {
    let cluster = try FakeCluster(evaluator: "")
    let pool = try pool(cluster, workers: workers)
    pool.expect(Self.requests, .surely)
    #expect(try Self.requests.map(pool.evaluate).map(\.figures?.accuracy) == Self.accuracies)
    let up = pool.states.filter { $0.stage == .up }
    #expect(!up.isEmpty && up.allSatisfy { $0.hello?.job == "7.0" && $0.hello?.devices == "0,1" })
    #expect(up.allSatisfy { $0.hello?.host.hasPrefix("node") == true && $0.crashCount == 0 })
    #expect(pool.states.map(\.answerCount).reduce(0, +) == 7)
    #expect(
      try cluster.lines("calls").allSatisfy { $0.hasPrefix("--nodes=1 --ntasks=1 --job-name=haq-worker-") })
  }

  @Test("the work begins as soon as one is up; one in the queue is shown as waiting, and is not waited for")
  func queue() throws {
    // All but the first `srun` wait in the queue until the end.
    let cluster = try FakeCluster(queue: "mkdir first 2>/dev/null || exec sleep 600", evaluator: "")
    let pool = try pool(cluster, workers: 3)
    #expect(try Self.requests.map(pool.evaluate).map(\.figures?.accuracy) == Self.accuracies)
    #expect(pool.states.count { $0.stage == .up } == 1)
    let waits = pool.states.compactMap { state -> Duration? in
      if case .waiting(let time) = state.stage { time } else { nil }
    }
    #expect(waits.count == 2 && waits.allSatisfy { $0 > .zero })
    let start = ContinuousClock.now
    pool.end()
    #expect(ContinuousClock.now - start < .seconds(5))
  }

  @Test("the time in the queue is no time of the evaluator's, and is added up")
  func timeout() throws {
    let cluster = try FakeCluster(queue: "sleep 1.2", evaluator: "")
    var launch = cluster.evaluator
    launch.timeout = .seconds(1)
    let launcher = try SlurmLauncher(
      LauncherOptions(.slurm(.init())), .init(), threads: nil, environment: cluster.environment)
    let pool = try EvaluatorPool([launcher.launch(launch, worker: 1)])
    #expect(try pool.evaluate(Self.requests[0]).figures?.accuracy == 0.02)
    #expect(pool.states[0].queueSeconds >= 1.2 && pool.states[0].crashCount == 0)
  }

  @Test(
    "a worker that is lost without a word is replaced, its question asked again and not held against the policy"
  )
  func lost() throws {
    // The shell that would say how the evaluator ended is gone too: five times with the same policy.
    let cluster = try FakeCluster(
      evaluator: "[ $bits = 4 ] && [ $(grep -c 4 asked) -le 5 ] && kill -9 $PPID && exit")
    let events = Events()
    let pool = try pool(cluster, workers: 2, events)
    pool.expect(Self.requests, .surely)
    #expect(try Self.requests.map(pool.evaluate).map(\.figures?.accuracy) == Self.accuracies)
    #expect(try cluster.lines("asked").count { $0 == "4" } == 6)
    #expect(events.texts.count { $0.contains("was lost (killed by signal 9") } == 5, "\(events.texts)")
    #expect(events.texts.contains { $0.contains("` on node") })
    #expect(pool.states.map(\.crashCount).reduce(0, +) == 5)
  }

  @Test("an answer says where its worker runs, and what befell it until then")
  func place() throws {
    let cluster = try FakeCluster(evaluator: "[ $bits = 4 ] && mkdir died 2>/dev/null && exit 9")
    let pool = try pool(cluster, workers: 1)
    let places = try Self.requests[..<3].map { try pool.answer($0) { _, _ in }.place }
    #expect(places.map { $0?.hello?.host } == ["node1", "node1", "node2"])
    #expect(places.map { $0?.hello?.devices } == ["0,1", "0,1", "0,1"])
    #expect(places.map { $0?.restarts } == [0, 0, 1])
    let waits = places.compactMap { $0?.queueSeconds }
    #expect(waits.count == 3 && waits[0] == waits[1] && waits[1] < waits[2], "\(waits)")
    #expect(try cluster.lines("calls").count == 2)
  }

  @Test("an evaluator that ends by SIGTERM was ended from outside, though its shell lived to say so")
  func terminated() throws {
    let cluster = try FakeCluster(evaluator: "[ $bits = 4 ] && [ $(grep -c 4 asked) -le 4 ] && kill -TERM $$")
    let events = Events()
    let pool = try pool(cluster, workers: 1, events)
    #expect(try Self.requests.map(pool.evaluate).map(\.figures?.accuracy) == Self.accuracies)
    #expect(events.texts.count { $0.contains("was lost (exit status 143") } == 4, "\(events.texts)")
  }

  @Test("a policy whose workers are lost again and again has failed after 21 times")
  func alwaysLost() throws {
    let cluster = try FakeCluster(evaluator: "[ $bits = 4 ] && kill -9 $PPID && exit")
    let pool = try pool(cluster, workers: 2)
    pool.expect(Self.requests, .surely)
    let results = try Self.requests.map(pool.evaluate)
    #expect(results[2].failure == "lost: killed by signal 9 (21 times)")
    #expect(results.count { $0.failure == nil } == 6)
  }

  @Test("a policy on which the evaluator itself dies has failed after three times, as on this machine")
  func died() throws {
    // Behind half a reply, the last words are those of the shell all the same.
    let cluster = try FakeCluster(evaluator: "[ $bits = 4 ] && printf '{\"id\":' && exit 9")
    let pool = try pool(cluster, workers: 2)
    pool.expect(Self.requests, .surely)
    let results = try Self.requests.map(pool.evaluate)
    #expect(results.map(\.failure) == [nil, nil, "exit status 9 (3 times)", nil, nil, nil, nil])
    #expect(try cluster.lines("asked").count { $0 == "4" } == 3)
  }

  @Test("a launcher that fails at first is an error at once, with its words; later it is tried again")
  func notLaunched() throws {
    let never = try FakeCluster(
      queue: "echo 'srun: error: invalid partition' >&2; exit 1", evaluator: "")
    let error = #expect(throws: EvaluatorError.self) { _ = try self.pool(never, workers: 3, attempts: 10) }
    #expect(error?.description.contains("ended before the evaluator ran (exit status 1") == true)
    #expect(error?.description.contains("srun: error: invalid partition") == true)
    #expect(try never.lines("calls").count < 10)

    // The second launch and the third fail, the fourth comes up; the evaluator dies once.
    let sometimes = try FakeCluster(
      queue: "n=$(wc -l < calls); [ $n -ge 2 ] && [ $n -le 3 ] && exit 1",
      evaluator: "[ $bits = 4 ] && mkdir died 2>/dev/null && exit 9")
    let events = Events()
    let pool = try self.pool(sometimes, workers: 1, attempts: 3, events)
    #expect(try Self.requests.map(pool.evaluate).map(\.figures?.accuracy) == Self.accuracies)
    #expect(
      events.texts.count { $0.hasPrefix("worker 1 did not start and is tried again") } == 2, "\(events.texts)"
    )
    // What never ran did not die.
    #expect(pool.states[0].crashCount == 1)
  }

  @Test("one that is given up leaves the work to the others; without any the search ends with the reason")
  func givenUp() throws {
    // Every launch after the second fails, and each evaluator dies on policy 4.
    let cluster = try FakeCluster(
      queue: "[ $(wc -l < calls) -le 2 ] || { echo 'srun: error: no nodes' >&2; exit 1; }",
      evaluator: "[ $bits = 4 ] && exit 9")
    let events = Events()
    let pool = try pool(cluster, workers: 2, attempts: 2, events)
    #expect(try pool.evaluate(Self.requests[0]).figures?.accuracy == 0.02)
    let error = #expect(throws: EvaluatorError.self) { _ = try pool.evaluate(Self.requests[2]) }
    #expect(error?.description.contains("failed at its start 2 times (not launched: exit status 1") == true)
    #expect(error?.description.contains("srun: error: no nodes") == true)
    #expect(events.texts.count { $0.contains("is given up") } == 2)
    #expect(pool.states.map(\.stage) == [.givenUp, .givenUp])
  }

  @Test("a worker that holds other data ends the search")
  func notAlike() throws {
    let cluster = try FakeCluster(
      queue: "mkdir first 2>/dev/null || { sleep 0.5; sed -i s/tiny/huge/ evaluator; }", evaluator: "")
    let pool = try pool(cluster, workers: 2)
    let error = #expect(throws: EvaluatorError.self) {
      for index in 1...1000 {
        let bar = AccuracyBar(accuracy: Double(index) / 2000, errorRate: 0)
        _ = try pool.evaluate(EvaluationRequest(policy: Self.requests[0].policy, bar: bar))
        usleep(10_000)
      }
    }
    #expect(error?.description.contains("do not all describe the same network and data") == true)
  }
}
