import CHAQPlugin
import Core
import FixtureBuilding
import NumberFormats
import PluginLoading
import Testing

@Suite("Formats of points")
struct FormatTests {
  /// Codes of docs/abi.md, H-42.
  static let codes: [(String, UInt8)] = [
    ("int8", 0), ("int1", 0), ("fp32", 0), ("fp16", 1), ("bf16", 2), ("fp8-e4m3", 3), ("fp8-e5m2", 4),
    ("fp6-e2m3", 5), ("fp6-e3m2", 6), ("fp4-e2m1", 7), ("mxfp8-e4m3", 17), ("mxfp8-e5m2", 18),
    ("mxfp6-e2m3", 19), ("mxfp6-e3m2", 20), ("mxfp4", 21), ("nvfp4", 32), ("int4-g32", 64), ("int4-g64", 65),
    ("int2-g128", 66), ("int16-g128", 66),
  ]

  @Test("have the codes of the page, and are read back from them", arguments: codes)
  func code(name: String, code: UInt8) throws {
    let width = try #require(BitWidth(formatName: name))
    #expect(width.formatCode == code)
    #expect(BitWidth(bits: width.bits, formatCode: code) == width)
  }

  @Test("are all told apart by bits and code, and no other code or number of bits is one")
  func everyCode() {
    let all = BitWidth.range.compactMap { BitWidth($0) } + NumberFormat.all.map { BitWidth(format: $0) }
    let found = (0...255).flatMap { code in
      (0...70).compactMap { BitWidth(bits: $0, formatCode: UInt8(code)) }
    }
    #expect(found.count == Set(found).count)
    #expect(Set(found) == Set(all))
  }

  private func costs(
    _ points: [Point], _ defines: [String] = [], source: String = "../abi/1.1/formats.c"
  ) throws -> [[Double?]] {
    let model = try PluginCostModel(
      plugin: load(defines, source: source), targetID: "t", baseDirectory: "/", parameters: [],
      metrics: [.latency, .energy])
    return try model.outcomes(of: points, in: twoLayers).map { outcome in
      guard case .cost(let cost) = outcome else { return [] }
      return [cost[.latency], cost[.energy]]
    }
  }

  private func point(_ precision: String, output: String? = nil) throws -> Point {
    Point(
      layer: 1, precision: try #require(Precision(precision)),
      output: try output.map { try #require(BitWidth(formatName: $0)) })
  }

  @Test("reach a plugin of 1.1 that knows them, each in its field")
  func fields() throws {
    let points = try [
      point("W4A8"), point("int4-g128/bf16"), point("nvfp4/fp8-e4m3", output: "fp16"),
      point("W8A8", output: "fp32"),
    ]
    // Codes, then bits: weights, activations, outputs, three digits each.
    #expect(
      try costs(points) == [
        [0, 4_008_000], [66_002_000, 4_016_000], [32_003_001, 4_008_016], [0, 8_008_032],
      ])
  }

  @Test("reach no plugin of 1.0, whatever its flags, and none that does not ask for them")
  func refused() throws {
    let flags = "FORMATS_FLAGS=HAQ_USES_OUTPUT_BITS"
    for defines in [["FORMATS_MINOR=0"], [flags]] {
      for wrong in try [point("int4/bf16"), point("bf16/int4"), point("W4A8", output: "bf16")] {
        // The points before it are good, and are not sent either.
        let model = try model(of: load(defines, source: "../abi/1.1/formats.c"))
        let message = try message { _ = try model.outcomes(of: [point("W4A8"), wrong], in: twoLayers) }
        #expect(
          message.contains("cannot be asked about bf16") && message.contains("HAQ_USES_FORMATS"), "\(message)"
        )
      }
      #expect(try costs([point("W4A8")], defines) == [[0, 4_008_000]])
    }
  }

  @Test("are refused before an instance is made")
  func noInstance() throws {
    let lines = Lines()
    let model = try model(of: load(lines: lines))
    #expect(try message { _ = try model.outcomes(of: [point("bf16/bf16")], in: twoLayers) } != "")
    #expect(lines.texts.isEmpty)
    #expect(
      try message { try model.requireFormats(of: [.eight, BitWidth(format: .nvfp4)]) }.contains("nvfp4"))
    #expect(try message { try model.requireFormats(of: [.eight, .float]) } == "")
  }

  @Test("a plugin that knows them is given integers as one of 1.0 is")
  func plainPoints() throws {
    let cells = ["weight_format", "activation_format", "output_format", "reserved"]
      .map { "points[i].\($0)" }.joined(separator: "+")
    let model = try model(of: load(["FIXTURE_CELL=(double)(\(cells))", "FIXTURE_FLAGS=HAQ_USES_FORMATS"]))
    let points = try [point("W1A1"), point("W32A32"), point("W20A17"), point("W8A8", output: "int4")]
    #expect(try model.outcomes(of: points, in: twoLayers).map(\.latencySeconds) == [0, 0, 0, 0])
  }

  @Test("take the bits that Core counts, by the header's helper")
  func storedBits() throws {
    for format in NumberFormat.all {
      let width = BitWidth(format: format)
      for (rows, length) in [(1, 1), (3, 15), (3, 16), (5, 17), (7, 128), (2, 129), (0, 5)] {
        let helper = haq_stored_bits(width.formatCode, UInt32(width.bits), Double(rows), Double(length))
        #expect(helper == format.bits(rows: rows, rowLength: length).map(Double.init), "\(format)")
      }
    }
  }
}
