import FixtureBuilding
import Foundation
import Testing

/// Tables that are legal in length, and would take gigabytes, read by `haq` in 2 GiB of address space.
@Suite("Small files of tables that ask for much", .serialized) struct SmallTablesTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ name: String, _ start: String, _ part: String, count: Int) throws -> LimitedRun {
    let file =
      FileHandle(
        forWritingAtPath: try folder.write(start, to: name)) ?? .nullDevice
    try file.seekToEnd()
    let block = Data(String(repeating: part, count: 1 << 16).utf8)
    for _ in 0..<count >> 16 { try file.write(contentsOf: block) }
    try file.close()
    return try LimitedRun(
      "haq", ["table", "show", name, "--network", "mobilenet-v1", "--batch", "1"], in: folder.path)
  }

  private static let header = "layer,weight_bits,activation_bits,latency_us\n"

  /// It took 14 s, and gigabytes with more such fields.
  @Test("a quotation mark that 60 MB of text never close is reported where it is")
  func openQuote() throws {
    let run = try run("quote.csv", Self.header + "0,8,8,\"", "1", count: 60_000_000)
    #expect(run.exitCode == 1)
    #expect(
      run.output.contains(
        "quote.csv:2:7: error: this field has more than 65536 characters. Is its quotation mark never closed?"
      ),
      "\(run.output.suffix(400))")
    // Some of it is the start of an unoptimized program.
    #expect(run.seconds < 10)
  }

  @Test("a line of 60 million fields")
  func fields() throws {
    let run = try run("fields.csv", Self.header, ",", count: 60_000_000)
    #expect(run.exitCode == 1)
    #expect(run.output.contains("error: the file has more than 4194304 fields"), "\(run.output.suffix(400))")
  }

  @Test("a list of 30 million numbers")
  func values() throws {
    let start = "{\"schema\": \"haq.table/1.0\", \"network\": \"a\", \"batch\": 1, \"layers\": [0"
    let run = try run("values.json", start, ",0", count: 30_000_000)
    #expect(run.exitCode == 1)
    #expect(run.output.contains("error: the file has more than 1000000 values"), "\(run.output.suffix(400))")
  }

  @Test("an endless device is no file", arguments: ["network", "policy"])
  func endless(_ command: String) throws {
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("zero.json"), withDestinationPath: "/dev/zero")
    let run = try LimitedRun(
      "haq",
      command == "policy"
        ? ["policy", "show", "zero.json"]
        : ["cost", "zero.json", "--target", "bismo-zynq7020", "--bits", "W4A4"], in: folder.path)
    #expect(
      run.exitCode == 1 && run.output.contains("zero.json: error: the file has more than 1048576 bytes"),
      "\(run.exitCode) \(run.output.suffix(400))")
  }
}
