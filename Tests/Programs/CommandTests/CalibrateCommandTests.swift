import Documents
import FixtureBuilding
import Foundation
import RandomNumbers
import Testing
import Validation

@Suite("haq calibrate")
struct CalibrateCommandTests {
  private let folder: MeasuredFolder

  init() throws { folder = try MeasuredFolder() }

  @Test("planted parameters are recovered from a noisy table, and the old spec stays as it is")
  func recovers() throws {
    // Measurements: bismo-vu9p (200 MHz, 16 rows, 1024 words) with up to 1 % of noise. The spec is off in all three.
    var random = SeededGenerator(seed: 7)
    try folder.spoil { row in
      var row = row
      if let latency = Double(row[MeasuredFolder.latency]) {
        row[MeasuredFolder.latency] = "\(latency * Double.random(in: 0.99...1.01, using: &random))"
      }
      return row
    }
    try folder.perturbedSpec { parameters in
      parameters["clock_hz"] = 330e6
      parameters["array"] = ["rows": 32, "columns": 16, "depth_bits": 256]
      parameters["activations"] = ["stream_bits_per_cycle": 256, "buffer_words": 256]
    }
    let before = try folder.read("perturbed.json")
    let run = try folder.run([
      "calibrate", "perturbed.json", "--table", "table.csv", "--fit",
      "clock_hz,array.rows,activations.buffer_words=64:8192:power-of-two", "--evaluations", "900", "-o",
      "fitted.json", "--format", "json",
    ])
    #expect(run.exitCode == 0, "\(run.errors)")
    let document = try run.document(CalibrationDocument.self)
    let values = Dictionary(uniqueKeysWithValues: document.parameters.map { ($0.key, $0.after) })
    #expect(values["array.rows"] == 16)
    // Every buffer of at least 512 words costs the same here, and 256 words do not.
    #expect((512...8192).contains(values["activations.buffer_words"] ?? 0))
    #expect(abs((values["clock_hz"] ?? 0) / 200e6 - 1) < 2e-3)
    #expect(try #require(document.heldOut).after.meanAbsoluteError < 0.01)
    // The old spec is untouched; the new one is a target with provenance.
    #expect(try folder.read("perturbed.json") == before)
    let fitted = try folder.json(try folder.read("fitted.json"))
    #expect((fitted["x-calibration"] as? [String: Any])?["from_target"] as? String == "perturbed")
    #expect(fitted["id"] as? String == "fitted")
    let check = try folder.run(["validate", "./fitted.json", "--table", "table.csv", "--max-mape", "1"])
    #expect(check.exitCode == 0, "\(check.errors)")
    // An existing spec is never written over.
    let again = try folder.run([
      "calibrate", "perturbed.json", "--table", "table.csv", "--fit", "clock_hz", "-o", "fitted.json",
    ])
    #expect(again.exitCode == 1 && again.errors.contains("exists already"))
  }

  @Test("checks that the new parameters do not keep are left out, and named")
  func checks() throws {
    try folder.spoil { row in
      var row = row
      if let latency = Double(row[MeasuredFolder.latency]) { row[MeasuredFolder.latency] = "\(latency * 2)" }
      return row
    }
    let run = try folder.run([
      "calibrate", "bismo-vu9p", "--table", "table.csv", "--fit", "clock_hz", "--evaluations", "200", "-o",
      "half.json",
    ])
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.errors.contains("the new spec leaves out 3 checks that it does not keep"))
    let spec = try folder.json(try folder.read("half.json"))
    #expect((spec["checks"] as? [Any])?.isEmpty == true)
    let clock = (spec["parameters"] as? [String: Any])?["clock_hz"] as? Double
    #expect(abs((clock ?? 0) / 100e6 - 1) < 1e-4)
  }

  @Test("a fit that is not better on the layers held out is not written, unless it is forced")
  func notBetter() throws {
    // The spec is exact, so that no clock can be better.
    let arguments = [
      "calibrate", "bismo-vu9p", "--table", "exact.csv", "--fit", "clock_hz", "--evaluations", "60",
    ]
    let refused = try folder.run(arguments + ["-o", "same.json"])
    #expect(refused.exitCode == 1)
    #expect(
      refused.errors.contains("the fit is not better on the held-out layers, so same.json was not written"))
    #expect(refused.output.contains("Nothing was written."))
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/same.json"))
    let forced = try folder.run(arguments + ["-o", "same.json", "--force"])
    #expect(forced.exitCode == 0, "\(forced.errors)")
    #expect(FileManager.default.fileExists(atPath: folder.path + "/same.json"))
  }

  @Test("a table in another unit is no matter of parameters")
  func otherUnit() throws {
    try folder.spoil { row in
      var row = row
      if let latency = Double(row[MeasuredFolder.latency]) {
        row[MeasuredFolder.latency] = "\(latency * 1000)"
      }
      return row
    }
    let run = try folder.run([
      "calibrate", "bismo-vu9p", "--table", "table.csv", "--fit", "clock_hz", "-o", "x.json",
    ])
    #expect(run.exitCode == 1 && run.errors.contains("looks like milliseconds, not seconds"), "\(run.errors)")
  }

  @Test("the library goes with a spec that is written elsewhere, so that it can be used from there")
  func library() throws {
    try folder.spoil { row in
      var row = row
      if let latency = Double(row[MeasuredFolder.latency]) {
        row[MeasuredFolder.latency] = "\(latency * 1.5)"
      }
      return row
    }
    let files = FileManager.default
    let source = try Places.builtLibrary("libbismo.so")
    for name in ["chip", "fits"] {
      try files.createDirectory(atPath: "\(folder.path)/\(name)", withIntermediateDirectories: false)
    }
    // Under a name that only its own folder has.
    try files.copyItem(atPath: source, toPath: "\(folder.path)/chip/libmine.so")
    try folder.perturbedSpec { _ in }
    var spec = try folder.json(try folder.read("perturbed.json"))
    spec["model"] = ["kind": "plugin", "library": "libmine.so", "abi": "1.1"]
    spec["id"] = "mine"
    try folder.write(
      String(decoding: try JSONSerialization.data(withJSONObject: spec), as: UTF8.self), to: "chip/mine.json")
    let run = try folder.run([
      "calibrate", "chip/mine.json", "--table", "table.csv", "--fit", "clock_hz", "--evaluations", "200",
      "-o",
      "fits/mine.json",
    ])
    #expect(run.exitCode == 0 && run.output.contains("Copied the library to "), "\(run.output)\(run.errors)")
    let used = try folder.run(["validate", "fits/mine.json", "--table", "table.csv", "--max-mape", "0.1"])
    #expect(used.exitCode == 0, "\(used.errors)")
  }

  @Test(
    "what cannot be fitted is reported",
    arguments: [
      (["clock"], 1, "has no number \"clock\" in its parameters"),
      (["array.rows=1:64:pow3"], 64, "\"array.rows=1:64:pow3\" is not a parameter to fit"),
      (["array.rows=3:48:power-of-two"], 1, "is no range of power-of-two values"),
      (["clock_hz,clock_hz"], 64, "each once"),
    ])
  func refused(fit: [String], exitCode: Int32, message: String) throws {
    let run = try folder.run(
      ["calibrate", "bismo-vu9p", "--table", "exact.csv", "-o", "x.json", "--fit"] + fit)
    #expect(run.exitCode == exitCode && run.errors.contains(message), "\(run.errors)")
  }

  @Test("the energy of a bit of memory is recovered from the figures of BitFusion's simulator")
  func energy() throws {
    // Sources: the simulator's configuration has 15 pJ a bit; its energies come with the spec.
    let specs = Places.package + "/hardware-specs"
    var spec = try folder.json(
      try String(contentsOfFile: specs + "/bitfusion-eyeriss.json", encoding: .utf8))
    spec["id"] = "spoilt"
    spec["checks"] = nil
    spec["reference_tables"] = nil
    var parameters = try #require(spec["parameters"] as? [String: Any])
    parameters["dram"] = ["bits_per_cycle": 192, "j_per_bit": 40e-12]
    spec["parameters"] = parameters
    try folder.write(
      String(decoding: try JSONSerialization.data(withJSONObject: spec), as: UTF8.self), to: "spoilt.json")
    let run = try folder.run([
      "calibrate", "./spoilt.json", "--table", specs + "/tables/bitfusion-eyeriss.mobilenet-v1.csv",
      "--metric",
      "energy", "--fit", "dram.j_per_bit=1e-12:100e-12", "--evaluations", "200", "-o", "fitted.json",
      "--format",
      "json",
    ])
    #expect(run.exitCode == 0, "\(run.errors)")
    let fitted = try run.document(CalibrationDocument.self).parameters
    #expect(abs(fitted[0].after / 15e-12 - 1) < 1e-4)
  }

  @Test("a cost that the target or the table does not state cannot be fitted")
  func missingMetric() throws {
    let run = try folder.run([
      "calibrate", "bismo-vu9p", "--table", "exact.csv", "--metric", "energy", "--fit", "clock_hz", "-o",
      "x.json",
    ])
    #expect(run.exitCode == 1)
    #expect(
      run.errors.contains(
        "target \"bismo-vu9p\" has no energy; it has latency, weight_bytes, traffic_bytes"), "\(run.errors)")
  }

  /// The authors' table is not ours to publish; developers have it in `shared` near the checkout.
  private static let reference = ["..", "../.."]
    .map { Places.package + "/\($0)/shared/reference/haq-cloud-mobilenetv2-batch16.even-layers.csv" }
    .first(where: FileManager.default.fileExists(atPath:))

  @Test(
    "clock, array and buffers of bismo-vu9p are recovered from HAQ's lookup table",
    .enabled(if: reference != nil, "the reference table is not beside this checkout"))
  func lookupTable() throws {
    try folder.perturbedSpec { parameters in
      parameters["clock_hz"] = 310e6
      parameters["array"] = ["rows": 32, "columns": 8, "depth_bits": 256]
      parameters["weights"] = ["stream_bits_per_cycle": 256, "buffer_words": 512]
      parameters["activations"] = ["stream_bits_per_cycle": 256, "buffer_words": 4096]
    }
    let run = try folder.run([
      "calibrate", "perturbed.json", "--table", try #require(Self.reference), "--network", "mobilenet-v2",
      "--batch", "16", "--clock-hz", "200e6", "--fit",
      "clock_hz,array.rows,array.columns,weights.buffer_words,activations.buffer_words", "-o", "fitted.json",
      "--format", "json",
    ])
    #expect(run.exitCode == 0, "\(run.errors)")
    let parameters = try run.document(CalibrationDocument.self).parameters
    // Plugins/bismo/README.md: 16 x 16, 1024 words each; the table was read at 200 MHz.
    #expect(parameters.dropFirst().map(\.after) == [16, 16, 1024, 1024])
    #expect(abs(parameters[0].after / 200e6 - 1) < 1e-6)
  }
}
