import Core
import Networks
import PluginDesigns
import Testing

@Suite("bitfusion against the original simulator")
struct ReferenceTests {
  static let configurations = ["eyeriss", "stripes"]

  /// Compares every counter exactly, and energies to what their ten printed digits allow.
  static func compare(_ rows: [ReferenceRow], with configuration: String) throws {
    let design = try Design.spec("bitfusion-\(configuration)")
    // One network for each batch and kind of input, because both belong to networks.
    for (batch, readsInput) in [(1, true), (1, false), (16, true), (16, false)] {
      let chosen = rows.filter { $0.batch == batch && $0.readsInput == readsInput }
      guard !chosen.isEmpty else { continue }
      var design = design
      design.batch = batch
      design.parameters["im2col_layers"] = .number(readsInput ? Double(chosen.count) : 0)
      let layers = chosen.map(\.layer)
      let points = chosen.indices.map { Point(layer: $0, precision: chosen[$0].precision) }
      for (row, counters) in zip(chosen, try Counters.of(points, layers, on: design)) {
        let counters = try #require(counters, "\(row) has no cost")
        #expect(counters.integers == row.counters, "\(row)")
        for (column, nanojoules) in row.energies {
          let joules = try #require(counters.joules[String(column.dropLast(3))])
          #expect(abs(joules - nanojoules * 1e-9) <= 1e-9 * joules, "\(row) \(column)")
        }
      }
    }
  }

  @Test("gives every counter of the rows that come with the checkout", arguments: configurations)
  func excerpt(configuration: String) throws {
    let rows = try ReferenceRow.excerpt(configuration)
    #expect(rows.count >= 39)
    try Self.compare(rows, with: configuration)
  }

  @Test(
    "gives every counter of every row, Eyeriss configuration",
    .enabled(
      if: ReferenceRow.wholeTable("eyeriss") != nil, "the reference table is not beside this checkout"))
  func wholeEyerissTable() throws {
    let rows = try ReferenceRow.rows(of: try #require(ReferenceRow.wholeTable("eyeriss")))
    #expect(rows.count == 1_760)
    try Self.compare(rows, with: "eyeriss")
  }

  @Test(
    "gives every counter of every row, Stripes configuration",
    .enabled(
      if: ReferenceRow.wholeTable("stripes") != nil, "the reference table is not beside this checkout"))
  func wholeStripesTable() throws {
    let rows = try ReferenceRow.rows(of: try #require(ReferenceRow.wholeTable("stripes")))
    #expect(rows.count == 416)
    try Self.compare(rows, with: "stripes")
  }

  struct Total: Sendable {
    var configuration: String
    var architecture: Architecture
    var batch: Int
    var bits: Int
    var cycles: Int
    var millijoulesPerImage: Double
  }

  /// Sums over whole networks from the original simulator, energy printed with three decimals. Most of their
  /// layers are in no file here.
  static let totals = [
    Total(
      configuration: "eyeriss", architecture: .resNet18, batch: 1, bits: 2, cycles: 1_047_716,
      millijoulesPerImage: 3.462),
    Total(
      configuration: "eyeriss", architecture: .resNet18, batch: 16, bits: 4, cycles: 21_261_832,
      millijoulesPerImage: 4.564),
    Total(
      configuration: "eyeriss", architecture: .mobileNetV1, batch: 1, bits: 8, cycles: 23_199_536,
      millijoulesPerImage: 69.640),
    Total(
      configuration: "eyeriss", architecture: .mobileNetV2, batch: 16, bits: 4, cycles: 421_751_473,
      millijoulesPerImage: 81.230),
    Total(
      configuration: "stripes", architecture: .resNet18, batch: 16, bits: 8, cycles: 57_017_799,
      millijoulesPerImage: 20.714),
    Total(
      configuration: "stripes", architecture: .mobileNetV1, batch: 16, bits: 2, cycles: 280_271_213,
      millijoulesPerImage: 67.980),
    Total(
      configuration: "stripes", architecture: .mobileNetV2, batch: 1, bits: 4, cycles: 21_346_796,
      millijoulesPerImage: 82.721),
  ]

  @Test("gives the totals of whole networks", arguments: totals)
  func networkTotals(_ total: Total) throws {
    var design = try Design.spec("bitfusion-\(total.configuration)")
    design.batch = total.batch
    let layers = try total.architecture.graph.network().layers
    let outcomes = try design.outcomes(of: layers, at: [Precision(total.bits, total.bits)])
    #expect(try outcomes.map { try design.cycles($0) }.reduce(0, +) == total.cycles)
    let joules = try outcomes.map { try $0.cost[.energy]! }.reduce(0, +)
    let perImage = joules / Double(total.batch) * 1e3
    #expect(abs(perImage - total.millijoulesPerImage) <= 0.00051)
  }
}
