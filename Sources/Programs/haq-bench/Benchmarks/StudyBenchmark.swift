import Agents
import Core
import Evaluation
import Foundation
import Networks
import ONNX
import PrecisionSearch
import Studies

/// What keeping a study costs: recording an answer, and finding the state of a long study.
struct StudyBenchmark: Benchmark {
  let program: ProgramFolder

  private static let layerCount = 53
  /// Answers recorded for each value.
  private static let recorded = 200
  private static let long = 100_000
  /// A hundredth of an evaluation.
  private static let recordFloor = 0.01
  /// As many as a search measures a policy on.
  private static let images = 2000
  private static let listFloorMilliseconds = 500.0

  func measure(runs: Int) throws -> [Measurement] {
    let folder = FileManager.default.temporaryDirectory.appending(path: "haq-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let recording = try Self.recording(runs: runs, in: folder)
    let keeping = try Self.keeping(runs: runs, in: folder)
    let network = try BenchmarkNetwork(.fashionMobileNetV1)
    defer { network.remove() }
    let evaluations = try evaluations(of: network, runs: runs)
    return [
      Measurement(
        "recording an evaluation of \(Self.layerCount) layers, on the disk", seconds: recording),
      Measurement(
        "an evaluation as calibrated, \(network.title), \(Self.images) images", seconds: evaluations),
      Measurement(
        "recording it, of that", ratios: zip(recording, evaluations).map(/), floor: Self.recordFloor),
      Measurement(
        "keeping the ddpg agent's state, every \(Checkpoint.interval) evaluations", seconds: keeping),
      Measurement(
        "recording an evaluation and its part of the state, of an evaluation",
        ratios: zip(zip(recording, keeping).map { $0 + $1 / Double(Checkpoint.interval) }, evaluations).map(
          /),
        floor: Self.recordFloor),
      Measurement(
        "opening and listing a study of \(Self.long) evaluations",
        seconds: try Self.listing(runs: runs, in: folder), floorMilliseconds: Self.listFloorMilliseconds),
      Measurement(
        "its pace and workers, for the dashboard",
        seconds: try Self.pace(runs: runs, in: folder), floorMilliseconds: Self.listFloorMilliseconds),
    ]
  }

  /// The shortest a search asks for: nothing is fine-tuned, and calibration is done.
  private func evaluations(of network: BenchmarkNetwork, runs: Int) throws -> [Double] {
    let evaluator = try EvaluatorProcess(
      executable: program.sibling("haq-evaluator"), arguments: ["--network", network.argument])
    let count = evaluator.description.layers.count
    return try (0...runs).map { run in
      let policy = Policy.uniform(
        Precision(weight: BitWidth(run % 7 + 2) ?? .eight, activation: .eight), layerCount: count)
      return try seconds {
        keep(try evaluator.evaluate(EvaluationRequest(policy: policy, samples: Self.images)))
      }
    }.dropFirst().map(\.self)
  }

  private static func recording(runs: Int, in folder: URL) throws -> [Double] {
    let study = try study(at: folder.appending(path: "short.haq").path, evaluations: 0)
    return try (0..<runs).map { run in
      let time = try seconds {
        for index in 0..<recorded {
          let answer = Answer(result, worker: 1, durationSeconds: 0.5)
          try study.record(request(run * recorded + index), answer, costs: [.latency: 0.001])
        }
      }
      return time / Double(recorded)
    }
  }

  /// The agent with its default networks and all transitions that it remembers.
  private static func keeping(runs: Int, in folder: URL) throws -> [Double] {
    let study = try study(at: folder.appending(path: "agent.haq").path, evaluations: 0)
    let (options, width) = (DDPGOptions(), 10)
    let agent = DDPG(stateWidth: width, options: options, seed: 1)
    let state = (0..<width).map { Float($0) }
    let transition = Transition(state: state, action: 0.5, reward: 1, next: state)
    // Nothing is learned in the warm-up.
    agent.learn(Array(repeating: transition, count: options.replayCapacity))
    let encoder = PropertyListEncoder()
    encoder.outputFormat = .binary
    return try (1...runs).map { run in
      try seconds {
        let state = try encoder.encode(agent.state)
        try study.record(Checkpoint(episodes: run * Checkpoint.interval, format: "ddpg", state: state))
      }
    }
  }

  private static func listing(runs: Int, in folder: URL) throws -> [Double] {
    let path = folder.appending(path: "long.haq").path
    _ = try study(at: path, evaluations: long)
    return try (0..<runs).map { _ in
      try seconds {
        for found in StudyPlaces.studies(below: folder.path) { keep(try StudySummary(found)) }
      }
    }
  }

  private static func pace(runs: Int, in folder: URL) throws -> [Double] {
    let records = try StudyRecords(folder.appending(path: "long.haq").path)
    return try (0..<runs).map { _ in
      try seconds {
        keep(try records.pace(policies: long, planned: 2 * long, searchSamples: 2000))
      }
    }
  }

  private static func study(at path: String, evaluations: Int) throws -> Study {
    let recorded = (0..<evaluations).map { index in
      RecordedEvaluation(
        number: index + 1, request: request(index), result: result, costs: [.latency: 0.001], worker: 1,
        durationSeconds: 0.5, endedAt: "2026-01-01T00:00:00.000Z")
    }
    return try Study.create(
      at: path,
      NewStudy(
        arguments: [], directory: "/", facts: StudyFacts([]),
        problem: StudyProblem(objective: .accuracy, budgets: [], evaluations: 1, searchSamples: 1),
        evaluations: recorded),
      programSHA256: "0")
  }

  private static let result = EvaluationResult(accuracy: 0.75, loss: 1.25, samples: 2000, divergence: 0.125)

  /// The number in the base of 31 widths, so that no two are the same.
  private static func request(_ number: Int) -> EvaluationRequest {
    var rest = number
    let precisions = (0..<layerCount).map { _ in
      defer { rest /= 31 }
      return Precision(weight: BitWidth(rest % 31 + 2) ?? .eight, activation: .eight)
    }
    return EvaluationRequest(policy: Policy(precisions), samples: 2000)
  }
}
