import CostPrograms
import FixtureBuilding
import Foundation
import Synchronization
import Testing
import WorkerLaunchers

/// Cost programs that wait, are lost, or do not come, behind an `srun` of shell.
@Suite("A cost program on another machine", .serialized) struct LostCostProgramTests {
  private static let answers = """
    for i, p in enumerate(points(r)): say({"point": i, "cost": {"latency_s": seconds(p)}})
    say({"done": True})
    """
  /// The shell that would say how the program ended is gone too.
  private static let lost = "os.kill(os.getppid(), signal.SIGKILL); os._exit(0)"

  /// What was heard, in words.
  private final class News: Sendable {
    private let heard = Mutex<(events: [String], longestWait: Duration)>(([], .zero))

    var events: [String] { heard.withLock { $0.events } }
    var longestWait: Duration { heard.withLock { $0.longestWait } }

    @Sendable func hear(_ news: CostProgramNews) {
      heard.withLock { heard in
        switch news {
        case .event(let event): heard.events.append(event.text(of: "the program"))
        case .waiting(let time): heard.longestWait = max(heard.longestWait, time)
        }
      }
    }
  }

  private func launch(
    _ fake: FakeProgram, on cluster: FakeCluster, attempts: Int = 3, timeoutSeconds: Double = 30
  ) throws -> CostProgramLaunch {
    var request = LauncherOptions(.slurm(.init()))
    request.attempts = attempts
    let slurm = try SlurmLauncher(request, .init(), threads: nil, environment: cluster.environment)
    var launch = fake.launch(timeoutSeconds: timeoutSeconds).launched(by: slurm)
    launch.remote?.firstPause = .milliseconds(10)
    return launch
  }

  @Test("is started again when it is lost, and asked for the rest, as often as it answers in between")
  func lost() throws {
    let fake = try FakeProgram(
      """
      say({"point": 0, "cost": {"latency_s": seconds(points(r)[0])}})
      if len(points(r)) == 1: say({"done": True})
      else: \(Self.lost)
      """)
    let cluster = try FakeCluster(in: fake.folder)
    let news = News()
    let program = try CostProgram(try launch(fake, on: cluster), onNews: news.hear)
    // in_channels x 8 bits x 1e-9 s
    let found = try program.latencies(points(Array(1...8)))
    #expect(found.count == 8 && found[0] == 8e-9 && found[7] == 64e-9)
    #expect(try fake.asked() == [8, 7, 6, 5, 4, 3, 2, 1])
    let losses = news.events.filter {
      $0.contains("` on node") && $0.contains("was lost (killed by signal 9)")
    }
    #expect(losses.count == 7, "\(news.events)")
    #expect(news.events.first?.hasPrefix("the program is up on node1 (job 7.0, devices 0,1, ") == true)
    #expect(news.events.count == 15)
    #expect(try cluster.lines("calls").count == 8)
    #expect(
      try cluster.lines("calls").allSatisfy {
        $0.hasPrefix("--nodes=1 --ntasks=1 --job-name=haq-cost-program ")
      })
  }

  @Test("that is lost six times without an answer is given up; one that ends by itself, after three times")
  func givenUp() throws {
    let fake = try FakeProgram(Self.lost)
    let cluster = try FakeCluster(in: fake.folder)
    let program = try CostProgram(try launch(fake, on: cluster))
    let error = try programError { _ = try program.latencies(points([1])) }
    #expect(
      error
        == .failedRepeatedly(command: "python3 fake.py", times: 6, how: "lost on node6: killed by signal 9"))
    #expect(try fake.asked().count == 6)

    let other = try FakeProgram("sys.exit(3)")
    let died = try CostProgram(try launch(other, on: try FakeCluster(in: other.folder)))
    let death = try programError { _ = try died.latencies(points([1])) }
    #expect(death == .failedRepeatedly(command: "python3 fake.py", times: 3, how: "exit status 3"))
    #expect(try other.asked().count == 3)
  }

  @Test("may wait in a queue for longer than for its replies, and says so")
  func queue() throws {
    let fake = try FakeProgram(Self.answers)
    let cluster = try FakeCluster(queue: "sleep 1.5", in: fake.folder)
    let news = News()
    let program = try CostProgram(try launch(fake, on: cluster, timeoutSeconds: 1), onNews: news.hear)
    #expect(try program.latencies(points([1])) == [0: 8e-9])
    #expect(try fake.asked() == [1])
    #expect(news.longestWait > .seconds(1) && news.longestWait < .seconds(60))
    let waited = news.events.first?.firstMatch(of: /([\d.]+) s in the queue/).flatMap { Double($0.1) }
    #expect(waited.map { $0 >= 1.5 } == true && news.events.count == 1, "\(news.events)")
  }

  @Test("is waited for no longer than the listener wants")
  func stopped() throws {
    struct Enough: Error {}
    let fake = try FakeProgram(Self.answers)
    let cluster = try FakeCluster(queue: "cat > /dev/null; exit 1", in: fake.folder)
    let start = ContinuousClock.now
    #expect(throws: Enough.self) {
      _ = try CostProgram(try self.launch(fake, on: cluster)) { _ in throw Enough() }
    }
    #expect(ContinuousClock.now - start < .seconds(10))
  }

  @Test("whose launcher refuses is an error at once; later it is tried again, as often as the file says")
  func refused() throws {
    let never = try FakeProgram(Self.answers)
    let refusing = try FakeCluster(
      queue: "echo 'srun: error: invalid partition' >&2; exit 1", in: never.folder)
    let error = try programError { _ = try CostProgram(try self.launch(never, on: refusing)) }
    #expect(error == .notLaunched(command: "python3 fake.py", times: 1, how: "exit status 1"))
    #expect(error?.description.contains("ended before the program ran (exit status 1)") == true)
    #expect(try refusing.lines("calls").count == 1)

    // The second launch and the third fail, the fourth comes up.
    let body = "if starts == 1: \(Self.lost)\n" + Self.answers
    let sometimes = try FakeProgram(body)
    let late = try FakeCluster(
      queue: "n=$(wc -l < calls); [ $n -ge 2 ] && [ $n -le 3 ] && exit 1", in: sometimes.folder)
    let news = News()
    let program = try CostProgram(try launch(sometimes, on: late), onNews: news.hear)
    #expect(try program.latencies(points([1])) == [0: 8e-9])
    #expect(news.events.count { $0.hasPrefix("the program did not start and is tried again") } == 2)
    #expect(try late.lines("calls").count == 4)

    let once = try FakeProgram(body)
    let gone = try FakeCluster(queue: "[ $(wc -l < calls) -le 1 ] || exit 1", in: once.folder)
    let last = try CostProgram(try launch(once, on: gone))
    let end = try programError { _ = try last.latencies(points([1])) }
    #expect(end == .notLaunched(command: "python3 fake.py", times: 3, how: "exit status 1"))
    #expect(try gone.lines("calls").count == 4)
  }

  @Test("has the recorded answers of one on this machine that describes itself alike")
  func setup() throws {
    let fake = try FakeProgram(Self.answers)
    let cluster = try FakeCluster(in: fake.folder)
    let (here, there) = (fake.launch(), try launch(fake, on: cluster))
    let description = try CostProgram(there).description
    #expect(here.executable != there.executable)
    #expect(try cluster.lines("calls").count == 1)
    #expect(
      AnswerSetup(description, here, files: [:]) == AnswerSetup(description, there, files: [:]))
  }
}
