import Core
import Networks
import PluginDesigns
import Testing

@Suite("bismo-zynq7020 against Table 2 of HAQ")
struct EdgeTests {
  static func cycles(
    _ architecture: Architecture, bits: Int, layers: (ArraySlice<Layer>) -> ArraySlice<Layer>
  )
    throws -> Int
  {
    let chosen = layers(try architecture.graph.network().layers[...])
    return try Design.spec("bismo-zynq7020").cycles(of: Array(chosen), at: Precision(bits, bits)).reduce(0, +)
  }

  /// HAQ, CVPR 2019, Table 2, edge, PACT rows, in ms, and the largest relative error that we claim.
  struct Row: Sendable {
    var architecture: Architecture
    var bits: Int
    var publishedMilliseconds: Double
    /// Whether the published figure agrees only with the first layer at 8 bit counted.
    var countsFirst = false
    var tolerance: Double
  }

  static let rows = [
    Row(architecture: .mobileNetV2, bits: 4, publishedMilliseconds: 52.15, tolerance: 5e-4),
    Row(architecture: .mobileNetV2, bits: 5, publishedMilliseconds: 66.94, tolerance: 5e-4),
    Row(architecture: .mobileNetV2, bits: 6, publishedMilliseconds: 82.49, tolerance: 5e-4),
    Row(architecture: .mobileNetV2, bits: 8, publishedMilliseconds: 115.84, tolerance: 5e-4),
    Row(architecture: .mobileNetV1, bits: 8, publishedMilliseconds: 96.20, tolerance: 5e-4),
    Row(
      architecture: .mobileNetV1, bits: 4, publishedMilliseconds: 45.45, countsFirst: true, tolerance: 1e-3),
    Row(
      architecture: .mobileNetV1, bits: 5, publishedMilliseconds: 57.75, countsFirst: true, tolerance: 1e-3),
    Row(
      architecture: .mobileNetV1, bits: 6, publishedMilliseconds: 70.67, countsFirst: true, tolerance: 1e-3),
  ]

  @Test("comes within the stated error of the uniform latencies", arguments: rows)
  func uniformLatency(_ row: Row) throws {
    var cycles = try Self.cycles(row.architecture, bits: row.bits) { $0.dropFirst().dropLast() }
    if row.countsFirst { cycles += try Self.cycles(row.architecture, bits: 8) { $0.prefix(1) } }
    let latencyMilliseconds = Double(cycles) / 200e6 * 1e3
    #expect(abs(latencyMilliseconds - row.publishedMilliseconds) <= row.tolerance * row.publishedMilliseconds)
  }

  /// Sums over the inner layers from two programs written apart from this one, in Python and in C.
  @Test(
    "gives the cycles of two other implementations",
    arguments: [
      (Architecture.mobileNetV1, 4, 8_682_445), (.mobileNetV1, 5, 11_142_169),
      (.mobileNetV1, 6, 13_726_826), (.mobileNetV1, 8, 19_237_078),
      (.mobileNetV2, 4, 10_428_520), (.mobileNetV2, 5, 13_388_922),
      (.mobileNetV2, 6, 16_497_862), (.mobileNetV2, 8, 23_169_704),
    ])
  func cycleTotals(architecture: Architecture, bits: Int, expected: Int) throws {
    #expect(try Self.cycles(architecture, bits: bits) { $0.dropFirst().dropLast() } == expected)
  }
}
