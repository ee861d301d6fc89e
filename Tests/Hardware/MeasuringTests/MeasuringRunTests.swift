import Core
import CostPrograms
import CostTables
import FixtureBuilding
import Foundation
import Measuring
import Testing
import WorkerLaunchers

@Suite("A measurement of many points", .serialized) struct MeasuringRunTests {
  @Test("asks about each point once, in an order that the seed alone decides")
  func order() throws {
    let inputs = Array(1...20)
    var orders: [[String]] = []
    for seed in [1, 1, 2] as [UInt64] {
      let device = try FakeDevice()
      try FakeDevice.run(inputs, seed: seed, checks: 0).run(asking: try device.model())
      orders.append(device.asked())
    }
    let all = Set(inputs.flatMap { ["\($0)-4", "\($0)-8"] })
    for order in orders { #expect(order.count == 40 && Set(order) == all) }
    #expect(orders[0] == orders[1])
    #expect(orders[0] != orders[2])
    #expect(orders[0] != inputs.flatMap { ["\($0)-4", "\($0)-8"] })
  }

  @Test("asks again about what is not sure enough, until it is or as often as allowed")
  func precision() throws {
    // An error of 1.2533 / 0.67449 x 0.1 / sqrt(4) = 9.3 % until the third answer; 5-8 is never sure.
    let device = try FakeDevice(
      """
      wide = key == "5-8" or asked < 2
      found({"cost": {"latency_s": seconds}, "spread": 0.1 if wide else 0.0, "repetitions": 4})
      """)
    let run = FakeDevice.run([3, 5], precision: 0.04, takes: 4, checks: 0)
    try run.run(asking: try device.model())
    // Three answers average to (9.3 + 9.3 + 0) / 3 / sqrt(3) = 3.6 %; four of 9.3 % to 4.6 %.
    let counts: [String: Int] = device.asked().reduce(into: [:]) { $0[$1, default: 0] += 1 }
    #expect(counts == ["3-4": 3, "3-8": 3, "5-4": 3, "5-8": 4])
  }

  @Test("measures a sample again at the end, and says how well that found the costs")
  func checks() throws {
    // The second answer about each point is 10 % slower.
    let device = try FakeDevice(
      """
      s = seconds * (1.1 if asked else 1.0)
      found({"cost": {"latency_s": s}, "spread": 0.001, "repetitions": 11})
      """)
    let run = FakeDevice.run(Array(1...10), checks: 7)
    let model = try device.model()
    try run.run(asking: model)
    #expect(device.asked().count == 27)
    let measurements = Measurements(run, in: model)
    let repeatability = try #require(measurements.repeatability)
    #expect(repeatability.points == 7)
    for figure in [repeatability.medianDifference, repeatability.worst, repeatability.drift] {
      #expect(abs(figure - 0.1) < 1e-9)
    }
    // The table keeps the first answers.
    for measured in measurements.points {
      guard case .cost(let answer) = measured.outcome else { continue }
      let layer = run.plan.layers[measured.point.layer]
      let seconds = Double(layer.inputChannels * measured.point.precision.weight.bits) / 1e9
      #expect(answer.latency == seconds)
    }
  }

  @Test("asks a program that computes once, and checks nothing")
  func computed() throws {
    let device = try FakeDevice(isMeasured: false, #"found({"cost": {"latency_s": seconds}})"#)
    let run = FakeDevice.run([1, 2, 3])
    let model = try device.model()
    try run.run(asking: model)
    #expect(device.asked().count == 6)
    #expect(Measurements(run, in: model).repeatability == nil)
  }

  @Test("that is ended goes on where it was")
  func resumed() throws {
    let device = try FakeDevice()
    let run = FakeDevice.run(Array(1...10), checks: 3)
    var answers = 0
    #expect(throws: MeasuringRun.Interruption.self) {
      try run.run(asking: try device.model()) { _ in
        answers += 1
        if answers == 8 { throw MeasuringRun.Interruption() }
      }
    }
    let model = try device.model()
    #expect(Measurements(run, in: model).points.count == 7)
    var first: MeasuringRun.Progress?
    _ = try run.run(asking: model) { progress in first = first ?? progress }
    #expect(first == MeasuringRun.Progress(phase: .measuring, done: 7, total: 20))
    #expect(Measurements(run, in: model).isComplete)
    // 20 points and 3 again. The program may have gone on with its first request, of 20, before it was ended.
    let asked = device.asked().count
    #expect((23...36).contains(asked), "\(asked)")
    try run.run(asking: try device.model())
    #expect(device.asked().count == asked)
  }

  @Test("counts points at which the program fails or dies, and measures the others")
  func failures() throws {
    let device = try FakeDevice(
      """
      if key == "3-8": say({"error": {"code": "failed", "message": "no memory"}}); break
      if key == "6-4": os.kill(os.getpid(), signal.SIGKILL)
      if key == "7-4": found({"unsupported": "too odd"}); continue
      found({"cost": {"latency_s": seconds}})
      """)
    let run = FakeDevice.run(Array(1...8), checks: 0)
    let model = try device.model()
    let unanswered = try run.run(asking: model)
    let names = Dictionary(
      uniqueKeysWithValues: unanswered.map { (run.plan.layers[$0.point.layer].name, $0) })
    #expect(names.keys.sorted() == ["n:l3", "n:l6"])
    #expect(names["n:l3"]?.point.precision == .eight)
    #expect(names["n:l3"]?.reason.contains("no memory") == true)
    #expect(names["n:l6"]?.reason.contains("failed 3 times") == true)
    let measurements = Measurements(run, in: model)
    #expect(measurements.points.count == 14)
    let unsupported = measurements.points.filter { if case .unsupported = $0.outcome { true } else { false } }
    #expect(unsupported.map(\.outcome) == [.unsupported("too odd")])
  }

  @Test("asks a lost job's question again where the launcher starts it next, and nothing else")
  func launched() throws {
    // The shell beside the program is gone too, as when a job is cancelled.
    let device = try FakeDevice(
      """
      if key == "3-8" and asked == 0: os.kill(os.getppid(), signal.SIGKILL); os._exit(0)
      \(FakeDevice.steady)
      """)
    let cluster = try FakeCluster()
    let slurm = try SlurmLauncher(
      LauncherOptions(.slurm(.init())), .init(), threads: nil, environment: cluster.environment)
    let run = FakeDevice.run([1, 2, 3, 4], checks: 2)
    let model = try device.model(on: slurm)
    #expect(try run.run(asking: model).isEmpty)
    #expect(try cluster.lines("calls").count == 2)
    for measured in Measurements(run, in: model).points {
      let layer = run.plan.layers[measured.point.layer]
      guard case .cost(let answer) = measured.outcome else {
        Issue.record("\(layer.name) has no cost")
        continue
      }
      #expect(
        answer.latency == Double(layer.inputChannels * measured.point.precision.weight.bits) / 1e9)
    }
    // Eight points, two again, and one twice.
    #expect(device.asked().count == 11)
    // On this machine, the same program has the same answers: they are of its device.
    #expect(try FakeDevice.run([1, 2, 3, 4], checks: 2).run(asking: try device.model()).isEmpty)
    #expect(device.asked().count == 11)
  }

  @Test("gives up when the program fails at every point")
  func gone() throws {
    let device = try FakeDevice(#"os.kill(os.getpid(), signal.SIGKILL)"#)
    #expect(throws: CostProgramError.self) {
      try FakeDevice.run(Array(1...40)).run(asking: try device.model())
    }
    let other = try FakeDevice(
      """
      if key == "1-4": open("gone", "w"); os.kill(os.getpid(), signal.SIGKILL)
      found({"cost": {"latency_s": seconds}})
      """)
    #expect(throws: CostProgramError.self) { try FakeDevice.run([1, 2, 3]).run(asking: try other.model()) }
  }

  @Test("makes a table that is read as any other, with what it says of certainty")
  func table() throws {
    let device = try FakeDevice(
      """
      if key == "2-8": found({"unsupported": "odd, and even"}); continue
      found({"cost": {"latency_s": seconds}, "spread": 0.5, "repetitions": 10, "least_s": seconds / 2})
      """)
    let run = FakeDevice.run([1, 2], precision: 0.9, checks: 0)
    let model = try device.model()
    try run.run(asking: model)
    let csv = Measurements(run, in: model).csv
    let sheet = try CostSheet.readCSV(Data(csv.utf8), file: "table.csv", clockHertz: nil)
    let table = try #require(LookupTable(selfDescribed: sheet, defaultBatch: 1))
    #expect(table.network.layers == run.plan.layers)
    #expect(table.unsupported == [Point(layer: 1, precision: .eight)])
    #expect(table.cost(.latency, layer: 0, at: .eight) == 8e-9)
    #expect(table.cells.count == 3)
    let lines = csv.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    let header = try #require(lines.first)
    for (column, cell) in [
      ("x-spread", "0.5"), ("x-repetitions", "10"), ("x-least_s", "4e-09"), ("x-takes", "1"),
    ] {
      let position = try #require(header.firstIndex { $0 == column })
      #expect(lines[2][position] == cell)
    }
    #expect(csv.contains("\"odd, and even\""))
  }
}
