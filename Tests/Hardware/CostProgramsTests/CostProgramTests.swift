import Core
import CostPrograms
import FixtureBuilding
import Foundation
import Testing

@Suite("A cost program", .serialized) struct CostProgramTests {
  private static let answers = """
    for i, p in enumerate(points(r)): say({"point": i, "cost": {"latency_s": seconds(p)}})
    say({"done": True})
    """

  @Test("answers points in any order, and says why it has no cost")
  func anyOrder() throws {
    let fake = try FakeProgram(
      """
      for i in reversed(range(len(points(r)))):
          p = points(r)[i]
          if p["layer"]["in_channels"] == 5: say({"point": i, "unsupported": "five is too many"})
          else: say({"point": i, "cost": {"latency_s": seconds(p)}, "spread": 0.5, "repetitions": 3, "least_s": 0})
      say({"done": True})
      """)
    let program = try CostProgram(fake.launch())
    #expect(program.description.pairs == [Precision("W4A4")!, .eight])
    // in_channels x 8 bits x 1e-9 s
    #expect(try program.latencies(points([3, 5, 7])) == [0: 24e-9, 1: nil, 2: 56e-9])
  }

  @Test("is asked about at most 1,000 points at once")
  func chunks() throws {
    let fake = try FakeProgram(Self.answers)
    #expect(try CostProgram(fake.launch()).latencies(points(Array(1...2100))).count == 2100)
    #expect(try fake.asked() == [1000, 1000, 100])
  }

  @Test("that dies is started again and asked for the rest, as often as it answers in between")
  func deaths() throws {
    // Each start answers one point; the fifth start answers the last of five.
    let fake = try FakeProgram(
      """
      say({"point": 0, "cost": {"latency_s": seconds(points(r)[0])}})
      if len(points(r)) == 1: say({"done": True})
      else: os.kill(os.getpid(), signal.SIGKILL)
      """)
    let found = try CostProgram(fake.launch()).latencies(points([1, 2, 3, 4, 5]))
    #expect(found == [0: 8e-9, 1: 16e-9, 2: 24e-9, 3: 32e-9, 4: 40e-9])
    #expect(try fake.asked() == [5, 4, 3, 2, 1])
  }

  @Test("that dies three times without an answer is given up, and what it answered before is kept")
  func givenUp() throws {
    let fake = try FakeProgram(
      """
      if starts == 1: say({"point": 1, "cost": {"latency_s": 1}})
      sys.exit(3)
      """)
    let program = try CostProgram(fake.launch())
    var kept: [Int] = []
    let error = try programError {
      try program.costs(of: points([1, 2, 3]), batch: 1) { position, _ in kept.append(position) }
    }
    #expect(
      error == .failedRepeatedly(command: "python3 fake.py", times: 3, how: "exit status 3"))
    #expect(kept == [1])
    // The death after an answer is the first of three.
    #expect(try fake.asked() == [3, 2, 2])
  }

  @Test("that comes back as another one is not believed")
  func changed() throws {
    let fake = try FakeProgram(
      description: FakeProgram.description.replacing("\"none\"", with: "\"''' + str(starts) + '''\""),
      "sys.exit(3)")
    let error = try programError { _ = try CostProgram(fake.launch()).latencies(points([1])) }
    #expect(error == .changed(command: "python3 fake.py"))
  }

  @Test(
    "that is silent, or drips bytes, is killed when its time is over",
    arguments: ["time.sleep(60)", "while True: sys.stdout.write('x'); sys.stdout.flush(); time.sleep(0.1)"])
  func silence(body: String) throws {
    let fake = try FakeProgram(body)
    var launch = fake.launch(timeoutSeconds: 1)
    launch.restarts = 0
    let start = ContinuousClock.now
    let error = try programError { _ = try CostProgram(launch).latencies(points([1])) }
    #expect(error == .silent(command: "python3 fake.py", seconds: 1))
    #expect(ContinuousClock.now - start < .seconds(10))
  }

  @Test("has the time again for each point")
  func timeForEach() throws {
    let fake = try FakeProgram(
      """
      for i, p in enumerate(points(r)):
          time.sleep(0.7)
          say({"point": i, "cost": {"latency_s": 1}})
      say({"done": True})
      """)
    var launch = fake.launch(timeoutSeconds: 1.5)
    launch.restarts = 0
    #expect(try CostProgram(launch).latencies(points([1, 2, 3, 4])).count == 4)
  }

  struct Wrong: Sendable, CustomTestStringConvertible {
    var body: String
    var words: String
    var testDescription: String { words }
  }

  @Test(
    "whose answer cannot be is named with what is wrong",
    arguments: [
      Wrong(body: "print('hello')", words: "is not part of haq.costs/1.0: hello"),
      Wrong(body: "say({'point': 0, 'cost': {'latency_s': -1}})", words: "latency_s is -1.0; it must be 0"),
      Wrong(body: "say({'point': 0, 'cost': {'latency_s': 1e16}})", words: "latency_s is 1e+16; it must"),
      Wrong(body: "say({'point': 0, 'cost': {}})", words: "the cost has no latency_s"),
      Wrong(
        body: "say({'point': 0, 'cost': {'latency_s': 1, 'energy_j': 1}})",
        words: "the cost has \"energy_j\", which is none of the metrics"),
      Wrong(body: "say({'point': 1, 'cost': {'latency_s': 1}})", words: "point is 1; it must be one of"),
      Wrong(
        body: "for _ in '12': say({'point': 0, 'cost': {'latency_s': 1}})", words: "point is 0; it must"),
      Wrong(body: "say({'done': True})", words: "1 of 1 points were not answered"),
      Wrong(
        body: "say({'point': 0, 'cost': {'latency_s': 1}, 'spread': -0.1})", words: "spread is -0.1; it must"),
      Wrong(
        body: "say({'point': 0, 'cost': {'latency_s': 1}, 'repetitions': 0})", words: "repetitions is 0; it"),
      Wrong(
        body: "say({'point': 0, 'cost': {'latency_s': 1}, 'least_s': 2})", words: "least_s is 2.0; it must"),
      Wrong(body: "r['id'] += 1; say({'done': True})", words: "is not part of haq.costs/1.0: {\"done\":true"),
      Wrong(
        body: "say({'error': {'code': 'failed', 'message': 'the board is off'}})",
        words: "refused: the board is off"),
      Wrong(body: "print('x' * 17000000, flush=True)", words: "a line of more than 16 MiB"),
    ])
  func impossible(_ wrong: Wrong) throws {
    let fake = try FakeProgram(wrong.body)
    let error = try programError { _ = try CostProgram(fake.launch()).latencies(points([1])) }
    #expect(error?.description.contains(wrong.words) == true, "\(String(describing: error))")
  }

  @Test(
    "whose description cannot be a target is refused",
    arguments: [
      ("haq.costs/1.0", "haq.costs/2.0", "speaks haq.costs/2.0"),
      ("[\"latency_s\"]", "[\"energy_j\"]", "metrics lacks latency_s"),
      ("\"W4A4\"", "\"4x4\"", "precisions has \"4x4\""),
      ("[\"fully-connected\"]", "[\"lstm\"]", "layers has none of convolution"),
      ("\"measured\":false", "\"measured\":false,\"batch\":0", "batch is 0"),
    ])
  func descriptions(old: String, new: String, words: String) throws {
    let fake = try FakeProgram(description: FakeProgram.description.replacing(old, with: new), "pass")
    let error = try programError { _ = try CostProgram(fake.launch()) }
    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
  }

  @Test("that ends before it describes itself cannot work, and is not started again")
  func cannotWork() throws {
    let fake = try FakeProgram("sys.exit(3)")
    try fake.folder.write("", to: "no-description")
    let error = try programError { _ = try CostProgram(fake.launch()) }
    #expect(error == .cannotWork(command: "python3 fake.py", how: "exit status 3"))
    #expect(try String(contentsOfFile: fake.folder.path("starts"), encoding: .utf8) == "x")
  }

  @Test("with costs of one batch is not asked about another")
  func otherBatch() throws {
    let fake = try FakeProgram(
      description: FakeProgram.description.replacing("\"measured\"", with: "\"batch\":4,\"measured\""),
      Self.answers)
    let program = try CostProgram(fake.launch())
    #expect(try program.latencies(points([1]), batch: 4) == [0: 8e-9])
    let error = try programError { _ = try program.latencies(points([1]), batch: 1) }
    #expect(error == .otherBatch(command: "python3 fake.py", only: 4, asked: 1))
  }
}
