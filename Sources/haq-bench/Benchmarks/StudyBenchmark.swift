import Evaluation
import Foundation
import HardwareModel
import Studies

/// What keeping a study costs: recording an answer, and finding the state of a long study.
struct StudyBenchmark: Benchmark {
  private static let layerCount = 53
  /// Answers recorded for each value.
  private static let recorded = 200
  private static let long = 100_000
  /// A hundredth of the shortest evaluation worth speeding up: 0.5 s.
  private static let recordFloor_ms = 5.0
  private static let listFloor_ms = 500.0

  func measure(runs: Int) throws -> [Measurement] {
    let folder = FileManager.default.temporaryDirectory.appending(path: "haq-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return [
      Measurement(
        "recording an evaluation of \(Self.layerCount) layers, on the disk",
        seconds: try Self.recording(runs: runs, in: folder), floor_ms: Self.recordFloor_ms),
      Measurement(
        "opening and listing a study of \(Self.long) evaluations",
        seconds: try Self.listing(runs: runs, in: folder), floor_ms: Self.listFloor_ms),
    ]
  }

  private static func recording(runs: Int, in folder: URL) throws -> [Double] {
    let study = try study(at: folder.appending(path: "short.haq").path, evaluations: 0)
    return try (0..<runs).map { run in
      let time = try seconds {
        for index in 0..<recorded {
          try study.record(
            request(run * recorded + index), result, costs: [.latency: 0.001], worker: 1, duration_s: 0.5)
        }
      }
      return time / Double(recorded)
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

  private static func study(at path: String, evaluations: Int) throws -> Study {
    let recorded = (0..<evaluations).map { index in
      RecordedEvaluation(
        number: index + 1, request: request(index), result: result, costs: [.latency: 0.001], worker: 1,
        duration_s: 0.5, endedAt: "2026-01-01T00:00:00.000Z")
    }
    return try Study.create(
      at: path,
      NewStudy(arguments: [], directory: "/", facts: StudyFacts([]), evaluations: recorded),
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
