import Core
import Documents
import FixtureBuilding
import Foundation
import Glibc
import Testing
import Validation

/// `haq measure` of whole networks, on a device whose latencies are known.
@Suite(.serialized) final class MeasureNetworkCommandTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws { temporary = try TemporaryFolder() }

  private func measure(_ arguments: String...) throws -> ProgramRun {
    try ProgramRun(["measure", "--target", "dev/dev.json"] + arguments, in: folder)
  }

  @Test("--policy runs the exported network, and prints predicted against measured")
  func wholeNetwork() throws {
    try KnownDevice.make(
      in: temporary, KnownDevice.plain,
      serve: """

        def network(points, file):
            if file is None or open(file, "rb").read(1) != b"\\x08":
                raise haq_costs.Unsupported("no network")
            total = sum(seconds(point.layer, point.weight_bits) for point in points)
            return {"cost": {"latency_s": 1.25 * total}, "spread": 0.01, "repetitions": 5, "unfused_s": 5 * total,
                    "shares": {"Conv": 0.75, "Add": 0.25}}

        """)
    let run = try measure("--network", "fashion-mobilenet-v2", "--bits", "W8A8", "--format", "json")
    #expect(run.exitCode == 0, "\(run.errors)")
    let document = try run.document(NetworkMeasurementDocument.self)
    let sum = document.layers.reduce(0) { $0 + $1.latencySeconds }
    #expect(abs(document.latency.sumOfLayers - sum) < 1e-12)
    #expect(abs((document.latency.relativeDifference ?? 0) - 0.25) < 1e-9)
    #expect(abs((document.fusionSaving ?? 0) - 0.75) < 1e-9)
    #expect(document.shares == ["Conv": 0.75, "Add": 0.25])
    let text = try measure("--network", "fashion-mobilenet-v2", "--bits", "W8A8")
    #expect(text.output.contains("+25.00 % of the sum"), "\(text.output)")
    #expect(text.output.contains("joining saves 75.0 %"), "\(text.output)")
    try temporary.write("no network", to: "other.onnx")
    let other = try measure("--network", "fashion-mobilenet-v2", "--bits", "W8A8", "--exported", "other.onnx")
    #expect(other.exitCode == 1)
    #expect(other.errors.contains("cannot run the whole network: no network"), "\(other.errors)")
  }

  @Test("--study runs what a search found, and the study and its page keep the figures")
  func study() throws {
    try KnownDevice.make(
      in: temporary, KnownDevice.plain,
      serve: """

        def network(points, file):
            total = sum(seconds(point.layer, point.weight_bits) for point in points)
            return {"cost": {"latency_s": 1.25 * total}, "spread": 0.01, "repetitions": 5}

        """)
    // Files of onnxruntime have activations of 8 bits.
    let file = URL(filePath: "\(folder)/dev/dev.json")
    var spec = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
    var capabilities = try #require(spec["capabilities"] as? [String: Any])
    capabilities["activation_bits"] = [8]
    spec["capabilities"] = capabilities
    try JSONSerialization.data(withJSONObject: spec).write(to: file)
    try TinyNetwork.write(to: "\(folder)/tiny.onnx")
    let images = "/usr/share/datasets/fashion-mnist/t10k"
    let search = [
      "search", "../tiny.onnx", "--target", "../dev/dev.json", "--latency", "0.8x", "--method", "random",
      "--evaluations", "2", "--search-samples", "50", "--final-finetune-samples", "0", "--finalists", "1",
      "--data", "\(images)-images-idx3-ubyte.gz,\(images)-labels-idx1-ubyte.gz", "--validation-share", "0.02",
      "--test-share", "0.02", "-o", "run",
    ]
    // The search's paths start elsewhere than those of the measurement.
    try FileManager.default.createDirectory(atPath: "\(folder)/sub", withIntermediateDirectories: false)
    let found = try ProgramRun(search, in: "\(folder)/sub")
    #expect(found.exitCode == 0, "\(found.errors)")
    let policy = try String(contentsOfFile: "\(folder)/sub/run/policy.json", encoding: .utf8)
    let run = try measure("--study", "sub/run", "--format", "json")
    #expect(run.exitCode == 0, "\(run.errors)")
    let document = try run.document(NetworkMeasurementDocument.self)
    #expect(document.layers.allSatisfy { policy.contains("\"\($0.name)\"") } && document.layers.count == 4)
    // The search counted with the sum of the layers; the device takes a quarter more: 1 / 1.25 - 1.
    let prediction = try #require(document.prediction)
    let error = try #require(prediction.error)
    #expect(prediction.target == "dev" && abs(error + 0.2) < 1e-9)
    let shown = try ProgramRun(["study", "show", "sub/run", "--check"], in: folder)
    #expect(shown.exitCode == 0, "\(shown.errors)")
    #expect(shown.output.contains("On dev (a known one), the network took "), "\(shown.output)")
    #expect(shown.output.contains("; dev predicted ") && shown.output.contains("(-20.00 % off)"))
    let report = try ProgramRun(["report", "sub/run", "-o", "page.html"], in: folder)
    #expect(report.exitCode == 0, "\(report.errors)")
    #expect(
      try String(contentsOfFile: "\(folder)/page.html", encoding: .utf8).contains("On dev (a known one), "))
    let resumed = try ProgramRun(["study", "resume", "sub/run"], in: folder)
    #expect(resumed.exitCode == 0, "\(resumed.errors)")
    // As a search that works on it holds it. What was measured is printed nevertheless.
    let held = open("\(folder)/sub/run/study.haq", O_RDONLY)
    defer { close(held) }
    try #require(held >= 0 && flock(held, LOCK_EX | LOCK_NB) == 0)
    let unkept = try measure("--study", "sub/run", "--format", "json")
    #expect(unkept.exitCode == 1 && unkept.errors.contains("study.haq"), "\(unkept.errors)")
    #expect(try unkept.document(NetworkMeasurementDocument.self).layers.count == 4)
  }

  @Test("--mixes writes whole networks, of which haq fit learns what lies between layers")
  func mixes() throws {
    // Between layers lie 5 us each, which the layers alone do not have.
    try KnownDevice.make(
      in: temporary, KnownDevice.plain,
      serve: """

        def network(points, file):
            total = sum(seconds(point.layer, point.weight_bits) for point in points)
            return {"cost": {"latency_s": total + 5e-6 * len(points)}, "spread": 0.001, "repetitions": 5}

        """)
    let common = [
      "measure", "--target", "dev/dev.json", "--network", "fashion-mobilenet-v1", "--only", "W4A8,W8A8",
    ]
    let layers = try ProgramRun(common + ["-o", "layers.csv"], in: folder)
    #expect(layers.exitCode == 0, "\(layers.errors)")
    let run = try ProgramRun(common + ["--mixes", "4", "-o", "n.json", "--format", "json"], in: folder)
    #expect(run.exitCode == 0, "\(run.errors)")
    let document = try run.document(NetworkRunsDocument.self)
    #expect(document.runs.count == 6)
    #expect(document.runs.prefix(2).map(\.precisions) == ["W4A8", "W8A8"])
    #expect(document.runs.allSatisfy { $0.rounds == 2 && $0.range == 0 })
    let fit = try ProgramRun(
      ["fit", "layers.csv", "--networks", "n.json", "--force", "-o", "mine.json", "--format", "json"],
      in: folder)
    #expect(fit.exitCode == 0, "\(fit.errors)")
    let networks = try #require(try fit.document(FitDocument.self).networks)
    #expect(networks.runs == 6 && networks.heldOut == .runs)
    #expect(networks.predicted.meanAbsoluteError < networks.sumOfLayers.meanAbsoluteError / 3)
    let cost = try ProgramRun(
      ["cost", "fashion-mobilenet-v1", "--target", "./mine.json", "--bits", "W8A8", "--format", "json"],
      in: folder)
    let gap = try #require(try cost.document(CostDocument.self).networkGap?[.latency])
    // 28 layers at 5 us.
    #expect(abs(gap.difference / 140e-6 - 1) < 0.2, "\(gap)")
    let whole = try measure(
      "--network", "fashion-mobilenet-v1", "--bits", "W8A8", "--predicted-by", "./mine.json", "--format",
      "json")
    let prediction = try #require(try whole.document(NetworkMeasurementDocument.self).prediction)
    #expect(abs(try #require(prediction.error)) < 0.1, "\(prediction)")
  }
}
