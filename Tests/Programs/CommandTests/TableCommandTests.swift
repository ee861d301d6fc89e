import Core
import Documents
import FixtureBuilding
import Foundation
import Testing

@Suite("haq table")
struct TableCommandTests {
  private let folder: MeasuredFolder

  init() throws { folder = try MeasuredFolder() }

  @Test("every form converts into every other and back without a difference")
  func conversions() throws {
    let described = ["--network", "small.json", "--batch", "16", "--clock-hz", "200e6"]
    func convert(_ from: String, _ to: String, _ more: [String] = []) throws {
      let run = try folder.run(["table", "convert", from, "-o", to] + described + more)
      #expect(run.exitCode == 0, "\(from) to \(to): \(run.errors)")
    }
    try convert("exact.csv", "a.json", ["--output-unit", "cycles"])
    try convert("a.json", "b.npy")
    try convert("b.npy", "c.csv", ["--unit", "cycles"])
    try convert("c.csv", "d.npy", ["--output-unit", "seconds"])
    try convert("d.npy", "e.json", ["--unit", "seconds"])
    try convert("e.json", "f.csv")
    for file in ["a.json", "c.csv", "e.json", "f.csv"] {
      let run = try folder.run(["table", "diff", "exact.csv", file, "--tolerance", "0"] + described)
      #expect(run.exitCode == 0, "\(file): \(run.output)\(run.errors)")
    }
  }

  @Test("diff names what differs, and ends with 1")
  func diff() throws {
    try folder.spoil { row in
      var row = row
      if row[0] == "2", row[11] == "4", row[12] == "6", let latency = Double(row[MeasuredFolder.latency]) {
        row[MeasuredFolder.latency] = "\(latency * 1.1)"
      }
      return row
    }
    let run = try folder.run(["table", "diff", "exact.csv", "table.csv"])
    #expect(run.exitCode == 1)
    #expect(run.output.contains("1 of 1152 costs differ"))
    #expect(run.output.contains("point  W4A6  latency") && run.output.contains("+10.00 %"))
    #expect(try folder.run(["table", "diff", "exact.csv", "table.csv", "--tolerance", "0.11"]).exitCode == 0)
  }

  @Test("a table can be shown whole and layer by layer")
  func show() throws {
    let whole = try folder.run(["table", "show", "exact.csv"])
    #expect(whole.output.hasPrefix("384 points of 6 layers, batch 16; latency, weight_bytes, traffic_bytes."))
    let layer = try folder.run(["table", "show", "exact.csv", "--layer", "deep", "--metric", "weight_bytes"])
    // 40 channels of 9 weights at 8 bits.
    #expect(layer.output.split(separator: "\n").last?.hasSuffix("360 B") == true)
    let unknown = try folder.run(["table", "show", "exact.csv", "--layer", "dep"])
    #expect(unknown.exitCode == 1 && unknown.errors.contains("Did you mean \"deep\"?"))
  }

  @Test(
    "a converted table is at once a target that gives the same costs", arguments: ["board.csv", "board.npy"])
  func asTarget(file: String) throws {
    let made = try folder.run([
      "table", "convert", "exact.csv", "-o", file, "--clock-hz", "200e6", "--as-target", "my-board",
    ])
    #expect(made.exitCode == 0, "\(made.errors)")
    func latency(_ target: String) throws -> Double? {
      let run = try folder.run([
        "cost", "small.json", "--target", target, "--bits", "W3A5", "--format", "json",
      ])
      #expect(run.exitCode == 0, "\(run.errors)")
      return try run.document(CostDocument.self).total[.latency]
    }
    #expect(try latency("./my-board.json") == latency("bismo-vu9p"))
    // An existing spec is never written over.
    let again = try folder.run(["table", "convert", "exact.csv", "-o", "b.csv", "--as-target", "my-board"])
    #expect(again.exitCode == 1 && again.errors.contains("exists already"))
  }

  @Test("a spreadsheet becomes a target that promises what was measured, and how it was read is printed")
  func spreadsheet() throws {
    let sheet = """
      Layer;W4A4 [us];W8A8 [us];Bemerkung
      features.0;1,5;3;warm
      features.1;2;4;
      features.2;2;4;
      features.3;2;n/a;
      features.4;2;4;
      classifier;2;4;

      """
    try folder.write(sheet, to: "sheet.csv")
    let arguments = [
      "table", "convert", "sheet.csv", "--network", "small.json", "--batch", "16", "--match", "order", "-o",
      "board.csv", "--as-target", "my-board",
    ]
    let dry = try folder.run(arguments + ["--dry-run"])
    #expect(dry.exitCode == 0, "\(dry.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/board.csv"))
    #expect(dry.output.contains("latency at W8A8  us"), "\(dry.output)")
    #expect(dry.output.contains("Ignored columns: Bemerkung."))
    #expect(dry.output.contains("classifier -> classes") && dry.output.contains("Would write 11 points"))
    let made = try folder.run(arguments)
    #expect(made.exitCode == 0, "\(made.errors)")
    #expect(made.output.contains("Not in the table: 1 (deeper at W8A8)."), "\(made.output)")
    let spec = try folder.json(try folder.read("my-board.json"))
    #expect((spec["capabilities"] as? [String: Any])?["pairs"] as? String == "equal")
    let cost = try folder.run(["cost", "small.json", "--target", "./my-board.json", "--bits", "W4A4"])
    #expect(cost.exitCode == 1)
    #expect(cost.errors.contains("the table has no cost of layer \"deeper\""), "\(cost.errors)")
  }

  @Test("a file in another form than the page's table gets one line on standard error, others none")
  func otherForm() throws {
    let plain = try folder.run(["table", "show", "exact.csv"])
    #expect(plain.exitCode == 0 && plain.errors == "")
    try folder.write("Layer;Bits;time [us]\nstem;8;1,5\n", to: "sheet.csv")
    let sheet = try folder.run(["table", "show", "sheet.csv", "--network", "small.json", "--batch", "16"])
    #expect(sheet.exitCode == 0, "\(sheet.errors)")
    let lines = sheet.errors.split(separator: "\n")
    #expect(lines.count == 1 && lines.first?.hasPrefix("sheet.csv: read as: ") == true, "\(sheet.errors)")
  }

  @Test("a layer of a table target can be explained")
  func explain() throws {
    let made = try folder.run(["table", "convert", "exact.csv", "-o", "board.csv", "--as-target", "my-board"])
    #expect(made.exitCode == 0, "\(made.errors)")
    let run = try folder.run([
      "cost", "small.json", "--target", "./my-board.json", "--bits", "W4A4", "--explain", "deep",
    ])
    #expect(run.exitCode == 0 && run.output.contains("deep"), "\(run.exitCode) \(run.errors)")
  }

  @Test("what a file leaves unsaid must be said: batch, network, clock")
  func unsaid() throws {
    try folder.write("layer,weight_bits,activation_bits,cycles\n0,8,8,100\n", to: "bare.csv")
    func errors(_ arguments: [String]) throws -> String {
      let run = try folder.run(["table", "show", "bare.csv"] + arguments)
      #expect(run.exitCode == 1)
      return run.errors
    }
    #expect(try errors([]).contains("the table counts cycles"))
    #expect(try errors(["--clock-hz", "1e6"]).contains("their network must be named"))
    #expect(
      try errors(["--clock-hz", "1e6", "--network", "mobilenet-v1"])
        .contains("nothing states how many samples"))
    let run = try folder.run(
      ["table", "show", "bare.csv", "--clock-hz", "1e6", "--network", "small.json", "--batch", "2"])
    #expect(run.exitCode == 0 && run.output.contains("100.0 µs"), "\(run.errors)")
  }
}
