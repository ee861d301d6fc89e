import Diagnostics
import Documents
import Foundation
import Studies
import StudyBuilding

/// A study of 24 layers and 20,000 policies: its report, its dashboard, and how a search of thousands is carried on.
struct LongStudyBenchmark: Benchmark {
  let program: ProgramFolder

  private static let layers = 24
  private static let policies = 20_000
  /// Where an update is compared with one of a study ten times as long.
  private static let fewPolicies = 2000
  private static let mostRuns = 5

  func measure(runs: Int) throws -> [Measurement] {
    let folder = FileManager.default.temporaryDirectory.appending(path: "haq-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let runs = min(runs, Self.mostRuns)
    var study = try LongStudy(in: folder.path, layers: Self.layers)
    try study.grow(by: Self.fewPolicies)
    let early = try dashboard(of: &study, runs: runs)
    try study.grow(by: Self.policies - Self.fewPolicies - early.updates.count)
    let reports = try (0..<runs).map { _ in try reporting(study.path) }
    let late = try dashboard(of: &study, runs: runs)
    let title = "\(Self.layers) layers, \(Self.policies) policies"
    return [
      Measurement("the report of \(title)", seconds: reports.map(\.seconds), floorMilliseconds: 2000),
      Measurement("its peak memory", bytes: reports.map(\.peakBytes), floorMegabytes: 150),
      Measurement("its page", bytes: reports.map(\.pageBytes), floorMegabytes: 1),
      Measurement("the first page of its dashboard", seconds: late.first, floorMilliseconds: 1000),
      Measurement("the same after one policy more", seconds: late.updates, floorMilliseconds: 250),
      Measurement(
        "of that at \(Self.fewPolicies) policies", ratios: zip(late.updates, early.updates).map(/), floor: 3),
    ] + (try ResumedSearch(in: folder).measure(runs: runs))
  }

  private func dashboard(
    of study: inout LongStudy, runs: Int
  ) throws -> (first: [Double], updates: [Double]) {
    let dashboard = try StudyDashboard(study.path)
    var (first, updates): ([Double], [Double]) = ([], [])
    for _ in 0..<runs {
      let other = try StudyDashboard(study.path)
      first.append(try seconds { keep(try other.fragments()) })
    }
    _ = try dashboard.fragments()
    for _ in 0..<runs {
      try study.grow(by: 1)
      updates.append(try seconds { keep((try dashboard.version(), try dashboard.fragments())) })
    }
    return (first, updates)
  }

  /// What one process says of one report.
  struct Reporting: Codable {
    var seconds: Double
    var peakBytes: Double
    var pageBytes: Double

    enum CodingKeys: String, CodingKey {
      case seconds
      case peakBytes = "peak_bytes"
      case pageBytes = "page_bytes"
    }

    /// Reports on a study in this process.
    init(of study: String) throws {
      var page = ""
      seconds = try haq_bench.seconds { page = try StudyReport(study).page() }
      pageBytes = Double(page.utf8.count)
      peakBytes = try ProcessMemory.peakBytes()
    }
  }

  private func reporting(_ study: String) throws -> Reporting {
    let process = Process()
    process.executableURL = URL(filePath: program.program)
    process.arguments = ["--report-study", study]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Diagnostic("the report of \(study) failed; its message is above.")
    }
    return try JSONDecoder().decode(Reporting.self, from: bytes)
  }
}
