import Core
import Rendering
import Testing

/// The live block of a search, at several widths, word for word.
@Suite struct SearchFrameTests {
  private static let policy = Policy(
    [(8, 8), (4, 8), (3, 8), (4, 6), (10, 8), (8, 8)].map {
      Precision(weight: BitWidth($0.0)!, activation: BitWidth($0.1)!)
    })

  /// 14 of 40 are 35 %: 7 of 20 cells.
  private static let frame: SearchFrame = {
    var frame = SearchFrame(.init("searching", done: 14, of: 40, "evaluations"))
    (frame.perMinute, frame.timeLeftSeconds) = (12.34, 127)
    frame.best = SearchFrame.Best(
      accuracy: 0.81,
      costs: [
        .init("latency", .latency, 0.001531, limit: 0.00155),
        .init("weight bytes", .weightBytes, 250_000, limit: 200_000),
      ], policy: policy)
    frame.workers = [
      .init(task: .init(policy: policy, seconds: 4.2), restarts: 0), .init(task: nil, restarts: 1),
      .init(task: .init(policy: nil, seconds: 61), restarts: 2),
    ]
    frame.failures = 1
    return frame
  }()

  private func text(_ frame: SearchFrame, _ width: Int, height: Int = 20, isColoured: Bool = false)
    -> [String]
  {
    frame.block.text(width: width, height: height, isColoured: isColoured)
  }

  @Test("a wide window has everything")
  func wide() {
    #expect(
      text(Self.frame, 100) == [
        "searching 14 of 40  evaluations  ███████░░░░░░░░░░░░░  12 per minute  2 min 7 s left",
        "best      81.0 %  latency 1.531 ms of 1.550 ms  weight bytes 250.0 kB of 200.0 kB",
        "bits      8434+8",
        "worker 1  measuring  4 s  8434+8",
        "worker 2  idle  restarted once",
        "worker 3  measuring  61 s  the float network  restarted 2 times",
        "failed    1 policy",
      ])
  }

  /// 1.531 ms of 1.55 ms are 98.8 %.
  @Test("a window of 40 columns keeps what matters most")
  func narrow() {
    #expect(
      text(Self.frame, 40) == [
        "searching 14 of 40  2 min 7 s left",
        "best      81.0 %  latency 98.8 %",
        "bits      8434+8",
        "worker 1  measuring  4 s  8434+8",
        "worker 2  idle  restarted once",
        "worker 3  measuring  61 s  restarts: 2",
        "failed    1 policy",
      ])
  }

  @Test("no line is ever wider, and there are never more, than the window", arguments: 1...120)
  func bounds(width: Int) {
    for height in [0, 1, 3, 40] {
      let lines = text(Self.frame, width, height: height)
      #expect(lines.count <= height && lines.allSatisfy { $0.count <= width })
    }
  }

  @Test("what is not known yet is said to be")
  func start() {
    var frame = SearchFrame(.init("measuring", done: 0, of: 60, "sensitivities"))
    frame.workers = [.init(task: nil, restarts: 0)]
    #expect(
      text(frame, 80) == [
        "measuring 0 of 60  sensitivities  ░░░░░░░░░░░░░░░░░░░░  no pace yet", "best      none yet",
        "worker 1  idle",
      ])
  }

  @Test("of many workers eight have a line each")
  func manyWorkers() {
    var frame = SearchFrame(.init("searching", done: 1, of: 2, "evaluations"))
    frame.workers = (0..<11).map { .init(task: $0 < 9 ? .init(policy: nil, seconds: 1) : nil, restarts: 0) }
    let lines = text(frame, 80)
    #expect(lines.count == 11)
    #expect(lines.last == "and more  3 workers, 1 of them measuring")
  }

  @Test("workers of a cluster have the host they run on; those without a machine say what they wait for")
  func cluster() {
    var frame = SearchFrame(.init("searching", done: 1, of: 2, "evaluations"))
    frame.workers = [
      .init(task: .init(policy: nil, seconds: 3), restarts: 0, host: "node7"),
      .init(task: nil, restarts: 1, host: "node8", absence: .waiting(seconds: 130)),
      .init(task: nil, restarts: 0, absence: .starting), .init(task: nil, restarts: 0, absence: .givenUp),
    ]
    #expect(
      text(frame, 80).suffix(4) == [
        "worker 1  node7  measuring  3 s  the float network",
        "worker 2  node8  waiting for a machine 2 min 10 s  restarted once", "worker 3  starting",
        "worker 4  given up",
      ])
    frame.workers += (0..<8).map { _ in .init(task: nil, restarts: 0, absence: .waiting(seconds: 1)) }
    #expect(text(frame, 80).last == "and more  4 workers, 0 of them measuring, 4 waiting")
  }

  @Test("colours tell costs within their limits from those above, and change no column")
  func colours() {
    let lines = text(Self.frame, 100, isColoured: true)
    #expect(
      lines[1]
        == "\u{1B}[2mbest      \u{1B}[0m\u{1B}[1m81.0 %\u{1B}[0m  \u{1B}[32mlatency 1.531 ms of 1.550 ms\u{1B}[0m  "
        + "\u{1B}[31mweight bytes 250.0 kB of 200.0 kB\u{1B}[0m")
    #expect(lines[6] == "\u{1B}[2mfailed    \u{1B}[0m\u{1B}[31m1 policy\u{1B}[0m")
  }

  @Test("a frame goes back over the last one, erases the rest of every line, and is marked as one update")
  func screen() {
    var screen = LiveScreen()
    #expect(
      screen.frame(["one", "two"], width: 80)
        == "\u{1B}[?2026h\rone\u{1B}[K\r\ntwo\u{1B}[K\r\n\u{1B}[J\u{1B}[?2026l")
    #expect(screen.frame(["1"], width: 80) == "\u{1B}[?2026h\r\u{1B}[2A1\u{1B}[K\r\n\u{1B}[J\u{1B}[?2026l")
    #expect(screen.erasure(width: 80) == "\r\u{1B}[1A\u{1B}[J")
    #expect(screen.erasure(width: 80) == "")
  }

  @Test("lines that the terminal has wrapped since count as often as they take rows, and colours as none")
  func wrapped() {
    var screen = LiveScreen()
    _ = screen.frame(["\u{1B}[31m" + String(repeating: "x", count: 25) + "\u{1B}[0m", "", "y"], width: 80)
    // 25 columns are three rows of ten; an empty line and a short one take a row each.
    #expect(screen.erasure(width: 10) == "\r\u{1B}[5A\u{1B}[J")
  }
}
