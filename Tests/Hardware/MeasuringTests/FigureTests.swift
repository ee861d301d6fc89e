import Core
import CostPrograms
import CostTables
import FixtureBuilding
import Foundation
import Measuring
import Testing

@Suite("Figures of a measurement") struct FigureTests {
  private func answer(_ latency: Double, spread: Double? = nil, repetitions: Int? = nil) -> CostAnswer {
    CostAnswer(
      .cost(["latency_s": latency]), spread: spread, repetitions: repetitions, leastSeconds: latency / 2)
  }

  @Test("one answer's error is that of the median of normal noise")
  func withinAnswer() throws {
    // Quartiles at 0.67449 deviations: a spread of 2 % is a deviation of 2.9652 %; sqrt(pi / 2) = 1.25331; 100
    // repetitions: 2.9652 x 1.25331 / 10 = 0.37163 %.
    let pooled = try #require(PooledAnswer([answer(1, spread: 0.02, repetitions: 100)]))
    #expect(abs(try #require(pooled.relativeError) - 0.003_716_3) < 1e-7)
    #expect(PooledAnswer([answer(1)])?.relativeError == nil)
  }

  @Test("several answers are their median, and disagree as much as they do")
  func betweenAnswers() throws {
    let pooled = try #require(PooledAnswer([1.0, 1.2].map { answer($0, spread: 0.001, repetitions: 9) }))
    #expect(pooled.latency == 1.1)
    #expect(pooled.repetitions == 18)
    #expect(pooled.leastSeconds == 0.5)
    // A deviation of 0.2 / sqrt(2), of a mean of two that is 0.1; divided by 1.1.
    #expect(abs(try #require(pooled.relativeError) - 0.1 / 1.1) < 1e-12)
    #expect(PooledAnswer([CostAnswer(.unsupported("no"))]) == nil)
    #expect(PooledAnswer([1, 5, 2].map { answer($0) })?.latency == 2)
  }

  @Test("a second measurement's differences are sorted by size")
  func repeatability() throws {
    let pairs = [(1.0, 1.01), (2.0, 1.96), (4.0, 4.0), (1.0, 1.1), (0.0, 1.0)]
    let found = try #require(Repeatability(pairs.map { (table: $0.0, again: $0.1) }))
    #expect(found.points == 4)
    // Sizes 0, 1 %, 2 % and 10 %; with their signs -2, 0, 1 and 10.
    #expect(abs(found.medianDifference - 0.015) < 1e-12)
    #expect(abs(found.ninetiethPercentile - (0.02 + 0.7 * 0.08)) < 1e-12)
    #expect(abs(found.worst - 0.1) < 1e-12)
    #expect(abs(found.drift - 0.005) < 1e-12)
    #expect(Repeatability([]) == nil)
  }

  /// Files of /proc and /sys at two moments: 1,000 ticks of two processors later.
  private static func files(_ late: Bool) -> MachineSample.Files {
    let files: [String: String] = [
      "/proc/stat": late
        ? "cpu  700 0 100 150 50 0 0 100 0 0\ncpu0 1\n" : "cpu  100 0 0 0 0 0 0 0 0 0\ncpu0 1\n",
      // The name of a program may have anything; user, system, and those of ended children.
      "/proc/7/stat": late
        ? "7 (a) b) R 1 1 1 0 0 0 0 0 0 0 300 40 50 10 0 0\n"
        : "7 (a) b) R 1 1 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n",
      "/proc/loadavg": late ? "2.50 1 1 3/100 99\n" : "1.25 1 1 3/100 99\n",
      "/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq": late ? "2000000\n" : "3000000\n",
      "/sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq": "800000\n",
      "/sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count": late ? "7\n" : "5\n",
    ]
    return { files[$0] }
  }

  @Test("the machine's state is that of the system's own counts")
  func machine() throws {
    let samples = try [false, true].map {
      try #require(MachineSample(files: Self.files($0), processes: [7], processors: 0..<2))
    }
    let report = try #require(MachineReport(samples))
    // 1,000 ticks: 600 user and 100 system are busy, of which 400 our own; 100 stolen.
    #expect(abs(report.foreignShare - 0.3) < 1e-12)
    #expect(abs(report.stolenShare - 0.1) < 1e-12)
    #expect(report.leastLoad == 1.25 && report.mostLoad == 2.5)
    #expect(report.leastClockHertz == 2e9 && report.mostClockHertz == 3e9)
    #expect(report.throttles == 2)
    let warnings = report.warnings.joined(separator: "\n")
    for part in ["other programs used 30.0 %", "gave 10.0 %", "2 GHz to 3 GHz", "slowed down 2 times"] {
      #expect(warnings.contains(part), "\(warnings)")
    }
  }

  @Test("a quiet machine has no warnings, and one that tells nothing no report")
  func quiet() throws {
    let sample = { (busy: Int, idle: Int) in
      MachineSample(
        files: { $0 == "/proc/stat" ? "cpu \(busy) 0 0 \(idle) 0 0 0 0 0 0" : nil }, processes: [],
        processors: 0..<1)
    }
    let start = try #require(sample(0, 0))
    #expect(MachineReport([start, try #require(sample(5, 95))])?.warnings == [])
    #expect(MachineReport([start, try #require(sample(10, 90))])?.warnings.count == 1)
    #expect(MachineSample(files: { _ in nil }, processes: [], processors: 0..<1) == nil)
    #expect(MachineReport([]) == nil)
  }

  @Test("this machine's own counts can be read")
  func here() throws {
    let watch = MachineWatch()
    watch.look()
    let end = ContinuousClock.now + .milliseconds(200)
    var sum = 0.0
    while ContinuousClock.now < end { sum += 1 }
    watch.look(isLast: true)
    let report = try #require(watch.report)
    #expect(report.looks == 2 && sum > 0)
    #expect((0...1).contains(report.foreignShare))
  }
}
