import Core
import CostPrograms
import Foundation
import Scaffolding
import Targets

/// What asking a cost program costs beyond its own work: points of a program in Python that multiplies a few numbers,
/// with haq's own helper, each answer recorded in a file.
struct CostProgramBenchmark: Benchmark {
  private static let count = 1000

  func measure(runs: Int) throws -> [Measurement] {
    let folder = FileManager.default.temporaryDirectory.appending(path: "haq-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for file in TargetTemplate(.program(.python)).files(name: "bench") {
      try Data(file.text.utf8).write(to: folder.appending(path: file.name))
    }
    let target = try Target(
      file: folder.appending(path: "bench.json").path, origin: .commandLine, program: "/haq")
    let model = try target.answeredProgram()
    // Every request is about points that are not recorded yet.
    let times = try (0...runs).map { run in
      let questions = (1...Self.count).map { number in
        let layer = Layer(
          name: "l", kind: .fullyConnected, inputChannels: number, outputChannels: run + 1)
        return model.question(layer, .eight, batch: 1)
      }
      return try seconds { try model.ask(questions) { position, _ in keep(position) } }
    }
    return [
      Measurement(
        "\(Self.count) points of a cost program in Python, answers recorded (0.1 ms each)",
        seconds: Array(times.dropFirst()), floorMilliseconds: Double(Self.count) * 0.1)
    ]
  }
}
