import Documents
import FixtureBuilding
import Foundation
import Testing
import Validation

@Suite("haq validate")
struct ValidateCommandTests {
  private let folder: MeasuredFolder

  init() throws { folder = try MeasuredFolder() }

  private func validate(_ arguments: [String] = []) throws -> ProgramRun {
    try folder.run(["validate", "bismo-vu9p", "--table", "table.csv"] + arguments)
  }

  @Test("a target agrees with its own table, and the page is complete in one file")
  func exact() throws {
    try folder.spoil { $0 }
    let run = try validate(["--format", "json", "--page", "report.html", "--max-mape", "0"])
    #expect(run.exitCode == 0 && run.errors == "")
    let points = try run.document(ValidationDocument.self).points
    #expect(points.count == 6 * 64)
    #expect(points.meanAbsoluteError == 0 && points.kendall == 1)
    let page = try folder.read("report.html")
    #expect(page.hasPrefix("<!doctype html>") && page.hasSuffix("</html>\n"))
    #expect(page.components(separatedBy: "<svg ").count == 3)
    // Nothing is fetched from elsewhere.
    #expect(!page.contains("src=") && !page.contains("href="))
  }

  @Test("errors of one layer are found, counted and judged")
  func oneLayer() throws {
    // The measured latency of one of six layers is 25 % longer, so predictions are 20 % too low.
    try folder.spoil { row in
      var row = row
      if row[1] == "wide", let latency = Double(row[MeasuredFolder.latency]) {
        row[MeasuredFolder.latency] = "\(latency * 1.25)"
      }
      return row
    }
    let run = try validate(["--format", "json", "--min-within10", "90"])
    #expect(run.exitCode == 1)
    #expect(run.errors.contains("error: limit missed: the share of points within 10 % is 83.3"))
    let document = try run.document(ValidationDocument.self)
    #expect(abs(document.points.meanAbsoluteError - 0.2 / 6) < 1e-12)
    #expect(document.worst.count == 10 && document.worst.allSatisfy { $0.layer == "wide" })
    #expect(try validate(["--max-mape", "3.4"]).exitCode == 0)
  }

  @Test("missing layers are a loud warning that says what the figures are of")
  func missingLayers() throws {
    try folder.spoil { $0[1] == "deep" || $0[1] == "wide" ? nil : $0 }
    let run = try validate(["--network", "small.json"])
    #expect(run.exitCode == 0)
    #expect(
      run.errors.contains(
        "warning: the table lacks 2 of 6 layers (deep, wide); all figures are of the other 4"))
  }

  @Test("a table of other shapes is refused, with the line and both shapes")
  func wrongShape() throws {
    try folder.spoil { row in
      var row = row
      if row[1] == "point" { row[6] = "128" }
      return row
    }
    let run = try validate(["--network", "small.json"])
    #expect(run.exitCode == 1)
    #expect(
      run.errors.contains(
        "table.csv:130:1: error: layer \"point\" of the table is convolution, 40 -> 128 channels"))
    #expect(run.errors.contains("its \"point\" is convolution, 40 -> 96 channels"))
    let array = try folder.run(["table", "convert", "exact.csv", "-o", "t.npy", "--clock-hz", "200e6"])
    #expect(array.exitCode == 0)
    let other = try folder.run([
      "validate", "bismo-vu9p", "--table", "t.npy", "--unit", "cycles", "--network", "mobilenet-v2",
      "--batch", "16",
    ])
    #expect(other.exitCode == 1)
    #expect(other.errors.contains("the array has 6 layers, network \"mobilenet-v2\" has 53"))
  }

  @Test(
    "wrong units are recognised by their constant ratio",
    arguments: [
      (1e3, "looks like milliseconds, not seconds: the ratio measured / predicted is constant, 1000"),
      (2e8, "looks like cycles, not seconds: the ratio measured / predicted is constant, 2.00e+08"),
      (1.0 / 16, "looks like costs at another batch, or per sample"),
    ])
  func wrongUnits(factor: Double, warning: String) throws {
    try folder.spoil { row in
      var row = row
      if let latency = Double(row[MeasuredFolder.latency]) {
        row[MeasuredFolder.latency] = "\(latency * factor)"
      }
      return row
    }
    let run = try validate()
    #expect(run.errors.contains("warning: the table " + warning), "\(run.errors)")
  }

  @Test(
    "numbers that cannot be costs, duplicates and zeros are errors with a place",
    arguments: [
      ("nan", "table.csv:2:"), ("-1", "table.csv:2:"), ("inf", "table.csv:2:"),
      ("0", "1 measured values of latency_s are 0"),
    ])
  func badNumbers(text: String, message: String) throws {
    var isFirst = true
    try folder.spoil { row in
      var row = row
      if isFirst { row[MeasuredFolder.latency] = text }
      isFirst = false
      return row
    }
    let run = try validate()
    #expect(run.exitCode == 1 && run.output == "")
    #expect(run.errors.contains(message) && run.errors.contains("error: "), "\(run.errors)")
  }

  @Test("a point that stands twice is an error that names both lines")
  func duplicates() throws {
    let table = try folder.rows()
    let lines = (table.rows + [table.rows[5]]).map { $0.joined(separator: ",") }
    try folder.write(([table.header] + lines).joined(separator: "\n"), to: "table.csv")
    let run = try validate()
    #expect(run.exitCode == 1)
    #expect(
      run.errors.contains(
        "table.csv:386:1: error: the point W1A6 of layer \"stem\" appears twice; first at table.csv:7:1"))
  }

  @Test("a .npy table must be given its unit")
  func numPyUnit() throws {
    let run = try folder.run(["table", "convert", "exact.csv", "-o", "t.npy", "--clock-hz", "200e6"])
    #expect(run.exitCode == 0)
    let arguments = ["validate", "bismo-vu9p", "--table", "t.npy", "--network", "small.json"]
    #expect(try folder.run(arguments).errors.contains("does not say whether it holds cycles or seconds"))
    // Nor does it state its batch, and the target's is not taken for it.
    #expect(try folder.run(arguments + ["--unit", "cycles"]).errors.contains("Give --batch."))
    let batch = ["--batch", "16"]
    let told = try folder.run(arguments + batch + ["--unit", "cycles", "--max-mape", "0"])
    #expect(told.exitCode == 0, "\(told.errors)")
    let mistaken = try folder.run(arguments + batch + ["--unit", "seconds"])
    #expect(mistaken.errors.contains("looks like cycles, not seconds"))
  }

  @Test("--all has a row for every target, and an absent table is no failure")
  func all() throws {
    let run = try folder.run(["validate", "--all", "--format", "json"])
    #expect(run.exitCode == 0, "\(run.errors)\(run.output)")
    let rows = try run.document(ReferenceValidationsDocument.self).rows
    let cloud = try #require(rows.first { $0.target == "bismo-vu9p" })
    #expect([.absent, .passed].contains(cloud.outcome))
    #expect(rows.contains { $0.target == "bismo-zynq7020" })
    // Tables of the original simulator, which come with the specs.
    for (target, points) in [("bitfusion-eyeriss", 448), ("bitfusion-stripes", 192)] {
      let row = try #require(rows.first { $0.target == target })
      #expect(row.outcome == .passed && row.statistics?.count == points, "\(row)")
    }
  }

  @Test("--junit has a verdict for every limit")
  func junit() throws {
    try folder.spoil { $0 }
    let run = try folder.run([
      "validate", "bismo-vu9p", "--table", "table.csv", "--max-mape", "5", "--min-kendall", "1.5", "--junit",
      "limits.xml",
    ])
    #expect(run.exitCode == 1)
    let verdicts = try folder.read("limits.xml")
    #expect(verdicts.contains("<testsuites tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"0\">"))
    #expect(verdicts.contains("name=\"the mean absolute percentage error\"/>"))
    #expect(verdicts.contains("name=\"Kendall's tau\"><failure"))
    let all = try folder.run(["validate", "--all", "--junit", "all.xml"])
    #expect(all.exitCode == 0, "\(all.errors)")
    #expect(try folder.read("all.xml").contains("classname=\"haq validate.bitfusion-eyeriss\""))
    let check = try folder.run(["check", "bismo-vu9p", "--only", "spec", "--junit", "check.xml"])
    #expect(check.exitCode == 0, "\(check.errors)")
    #expect(
      try folder.read("check.xml").contains("classname=\"haq check bismo-vu9p.spec\" name=\"spec-valid\"/>"))
  }

  @Test("--all compares with the tables that specs name, checks their hash and keeps their limit")
  func references() throws {
    try folder.spoil { $0 }
    let text = try String(contentsOfFile: "\(Places.package)/hardware-specs/bismo-vu9p.json", encoding: .utf8)
    func write(_ id: String, _ extra: [String: Any]) throws {
      var spec = try folder.json(text)
      spec["id"] = id
      var entry: [String: Any] = ["file": "table.csv", "source": "this test", "max_mape": 0]
      entry.merge(extra) { $1 }
      spec["reference_tables"] = [entry]
      try JSONSerialization.data(withJSONObject: spec).write(to: URL(filePath: "\(folder.path)/\(id).json"))
    }
    try write("good", [:])
    try write("pinned", ["sha256": String(repeating: "0", count: 64)])
    try write("away", ["file": "elsewhere.csv"])
    let run = try ProgramRun(
      ["validate", "--all"], in: folder.path,
      environment: [
        "HAQ_TARGETS": "\(folder.path)/good.json:\(folder.path)/pinned.json:\(folder.path)/away.json"
      ])
    #expect(run.exitCode == 1)
    #expect(
      run.output.contains("| good | reproduced | table.csv | 384 | 0.0 % | 0.0 % | 100.0 % | 1 | passed |"),
      "\(run.output)")
    #expect(run.output.contains("| pinned | reproduced | table.csv | - | - | - | - | - | failed |"))
    #expect(run.output.contains("| away | reproduced | elsewhere.csv | - | - | - | - | - | table absent |"))
  }
}
