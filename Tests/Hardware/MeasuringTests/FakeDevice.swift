import Core
import CostPrograms
import FixtureBuilding
import Foundation
import Measuring
import Targets
import WorkerLaunchers

/// A cost program of a few lines of Python whose latencies are known, and the target that it is; its files go with it.
final class FakeDevice {
  let folder: TemporaryFolder
  private static let python = "/usr/bin/python3"

  /// - Parameters:
  ///   - answer: Python that answers the point `p`, number `i`, with `say(keys)`; `asked` is how often the point was asked
  ///     about before, `seconds` its true latency: 1 ns for each input and bit of a weight.
  init(isMeasured: Bool = true, _ answer: String = FakeDevice.steady) throws {
    folder = try TemporaryFolder()
    let body = answer.split(separator: "\n").map { "        \($0)" }.joined(separator: "\n")
    try folder.write(
      """
      import json, os, signal, sys, time
      for line in sys.stdin:
          r = json.loads(line)
          def say(keys): print(json.dumps({**keys, "id": r["id"]}), flush=True)
          if r["method"] == "quit": break
          if r["method"] == "describe":
              if os.path.exists("gone"): sys.exit("the device is gone")
              say({"description": {"protocol": "haq.costs/1.0", "program": "fake 1", "device": "none",
                   "layers": ["fully-connected"], "precisions": ["W4A4", "W8A8"], "metrics": ["latency_s"],
                   "measured": \(isMeasured ? "True" : "False")}})
              continue
          for i, p in enumerate(r["parameters"]["points"]):
              key = f'{p["layer"]["in_channels"]}-{p["weight_bits"]}'
              with open("asked", "a") as file: file.write(key + "\\n")
              asked = open("asked").read().split("\\n").count(key) - 1
              seconds = p["layer"]["in_channels"] * p["weight_bits"] / 1e9
              def found(keys): say({"point": i, **keys})
      \(body)
          else:
              # Without a break.
              say({"done": True})

      """, to: "fake.py")
    try folder.write(
      """
      {
        "schema": "haq.target/1.0", "id": "fake", "name": "F", "version": "1", "summary": "s", "sources": "assumption",
        "batch": 1,
        "capabilities": {
          "layers": ["fully-connected"], "weight_bits": [4, 8], "activation_bits": [4, 8], "pairs": "equal",
          "other_widths": "reject", "metrics": { "latency": { "aggregate": "sum" } }
        },
        "model": { "kind": "program", "command": ["\(Self.python)", "fake.py"], "timeout_s": 30 }
      }
      """, to: "fake.json")
  }

  static let steady =
    #"found({"cost": {"latency_s": seconds}, "spread": 0.001, "repetitions": 11, "least_s": seconds})"#

  /// The program, started, with what it has answered before.
  func model(on launcher: any WorkerLauncher = LocalLauncher()) throws -> AnsweredProgram {
    var target = try Target(file: folder.path("fake.json"), origin: .commandLine, program: "/haq")
    target.programPlace = .init(launcher)
    return try target.answeredProgram()
  }

  /// Which points were asked about, in order: inputs and width.
  func asked() -> [String] {
    ((try? String(contentsOfFile: folder.path("asked"), encoding: .utf8)) ?? "").split(separator: "\n").map(
      String.init)
  }

  /// A layer for each number of inputs, at W4A4 and W8A8.
  static func run(
    _ inputs: [Int], seed: UInt64 = 1, precision: Double = 0.02, takes: Int = 5, checks: Int = 2
  ) -> MeasuringRun {
    let widths = [4, 8].compactMap(BitWidth.init)
    var plan = MeasuringPlan(batch: 1, precisions: widths.map { Precision(weight: $0, activation: $0) })
    plan.add(
      Network(
        name: "n",
        layers: inputs.map {
          Layer(name: "l\($0)", kind: .fullyConnected, inputChannels: $0, outputChannels: 1)
        }))
    return MeasuringRun(plan: plan, seed: seed, precision: precision, mostTakes: takes, checkCount: checks)
  }
}

extension MeasuringRun {
  @discardableResult
  func run(asking model: AnsweredProgram) throws -> [UnansweredPoint] { try run(asking: model) { _ in } }
}
