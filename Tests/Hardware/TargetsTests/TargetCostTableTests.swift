import Core
import FixtureBuilding
import Foundation
import Hashing
import Specs
import Targets
import Testing

/// Weight bits x activation bits x batch milliseconds for every layer.
private struct BitSerial: CostModel {
  func outcomes(of points: [Point], in network: Network) -> [PointOutcome] {
    points.map { point in
      let product = point.precision.weight.bits * point.precision.activation.bits * network.batch
      return .cost(Cost(values: [.latency: Double(product) / 1000]))
    }
  }
}

struct TargetCostTableTests {
  private let folder: TemporaryFolder
  private let layer = Layer(name: "fc", kind: .fullyConnected, inputChannels: 4, outputChannels: 2)

  init() throws { folder = try TemporaryFolder() }

  private func target(extra: String = "", checks: String? = nil) throws -> Target {
    var text = TemporaryFolder.spec("tt", extra: extra)
    if let checks { text = text.replacing("\"batch\": 2,", with: "\"batch\": 2, \"checks\": [\(checks)],") }
    let file = try folder.write(text, to: "specs/tt.json")
    return try Target(file: file, origin: .commandLine, program: "\(folder.path)/bin/haq")
  }

  private func check(_ name: String, expected: Double, tolerance: Double, batch: String = "") -> String {
    """
    { "name": "\(name)", "layer": { "kind": "fully-connected", "in_channels": 4, "out_channels": 2 }, \(batch)
      "weight_bits": 4, "activation_bits": 8, "expect": { "latency_s": \(expected) },
      "tolerance": \(tolerance), "source": "by hand" }
    """
  }

  @Test("the table has the spec's widths and is stamped with what it was made from")
  func table() throws {
    let target = try target()
    let network = Network(name: "n", batch: 2, layers: [layer])
    let table = try target.costTable(of: network, from: BitSerial(), librarySHA256: "abc")
    #expect(table.weightWidths.map(\.bits) == [2, 4])
    #expect(table.activationWidths.map(\.bits) == [4, 8])
    // 4 x 8 x 2 samples.
    #expect(table.cost(.latency, layer: 0, at: try #require(Precision("W4A8"))) == 0.064)
    #expect(
      table.provenance.target
        == .init(
          id: "tt", evidence: target.spec.evidence, specSHA256: target.specSHA256, librarySHA256: "abc"))
  }

  private func table(_ rules: WidthRules) throws -> CostTable {
    try CostTable(
      of: Network(name: "n", batch: 1, layers: [layer]), from: BitSerial(),
      weightWidths: [2, 4, 8].compactMap(BitWidth.init), activationWidths: [4, 8].compactMap(BitWidth.init),
      widthRules: rules, aggregates: [.latency: .sum],
      provenance: .withoutHardware("t"))
  }

  private func cost(_ precision: String, in table: CostTable) throws -> Double? {
    table.cost(.latency, layer: 0, at: try #require(Precision(precision)))
  }

  @Test("a width between legal ones is an error, or costed as the next legal one where the spec says so")
  func roundUp() throws {
    let strict = try table(WidthRules())
    #expect(try cost("W3A5", in: strict) == nil)
    let rounding = try table(WidthRules(otherWidths: .roundUp))
    #expect(rounding.costedAs(try #require(Precision("W3A5")), layer: 0) == Precision("W4A8"))
    #expect(try cost("W3A5", in: rounding) == 0.032)
    #expect(try cost("W4A4", in: rounding) == 0.016)
    // Nothing is as wide as 9 bits.
    #expect(try cost("W9A4", in: rounding) == nil)
    #expect(!rounding.supports(layer: 0, at: try #require(Precision("W4A9"))))
    let policy = Policy([try #require(Precision("W1A1"))])
    #expect(try rounding.total(.latency, of: policy) == 0.008)
  }

  @Test("widths that do not go together are not costed, and round up to a pair that does")
  func pairs() throws {
    let equal = try table(WidthRules(pairs: .equal))
    #expect(try cost("W4A4", in: equal) == 0.016)
    #expect(try cost("W4A8", in: equal) == nil)
    #expect(!equal.supports(layer: 0, at: try #require(Precision("W2A4"))))
    let rounding = try table(WidthRules(pairs: .equal, otherWidths: .roundUp))
    #expect(rounding.costedAs(try #require(Precision("W4A8")), layer: 0) == Precision("W8A8"))
    // W2A8 has 10 bits and W8A4 12: the fewest bits that are as wide in both.
    let listed = Set(["W2A8", "W8A4", "W8A8"].compactMap(Precision.init))
    let few = try table(WidthRules(pairs: .listed(listed), otherWidths: .roundUp))
    #expect(few.costedAs(try #require(Precision("W2A3")), layer: 0) == Precision("W2A8"))
    #expect(few.costedAs(try #require(Precision("W4A4")), layer: 0) == Precision("W8A4"))
  }

  @Test("a layer kind that the target lacks is refused by name")
  func kinds() throws {
    var depthwise = layer
    depthwise.name = "dw"
    depthwise.kind = .depthwise
    let network = Network(name: "n", layers: [layer, depthwise])
    let thrown = #expect(throws: TargetError.self) {
      try target().costTable(of: network, from: BitSerial(), librarySHA256: nil)
    }
    #expect(
      thrown?.description.contains("supports fully-connected layers only, not:\n  dw: depthwise") == true)
  }

  @Test("checks hold within their tolerance, at their own batch or the spec's")
  func checks() throws {
    // W4A8: 32 ms a sample, 64 ms at the spec's batch of 2.
    let good = [
      check("exact", expected: 0.064, tolerance: 0), check("near", expected: 0.0635, tolerance: 0.01),
      check("one", expected: 0.032, tolerance: 0, batch: "\"batch\": 1,"),
    ]
    try target(checks: good.joined(separator: ",")).verifyChecks(against: BitSerial())
  }

  @Test("every check that fails is named with what was expected and what came")
  func failingChecks() throws {
    let bad = [
      check("first", expected: 0.06, tolerance: 0.01), check("second", expected: 0.07, tolerance: 0.01),
    ]
    let target = try target(checks: bad.joined(separator: ","))
    let thrown = #expect(throws: TargetError.self) { try target.verifyChecks(against: BitSerial()) }
    let text = try #require(thrown).description
    #expect(text.contains("check \"first\": latency_s should be 0.06, got 0.064 (allowed error: 0.01 of it)"))
    #expect(text.contains("check \"second\""))
    #expect(throws: TargetError.self) {
      try target.costTable(of: Network(name: "n", layers: [layer]), from: BitSerial(), librarySHA256: nil)
    }
  }

  @Test("a missing library's error lists every place, in order")
  func missingLibrary() throws {
    let thrown = #expect(throws: TargetError.self) { try target().library() }
    #expect(
      thrown?.description.hasSuffix(
        "\n  \(folder.path)/specs/libnone.so\n  \(folder.path)/bin/libnone.so\n  \(folder.path)/lib/haq/libnone.so"
      ) == true)
  }

  @Test("a library's name with a slash is relative to the spec only")
  func relativeLibrary() throws {
    let text = TemporaryFolder.spec("tt").replacing("libnone.so", with: "lib/none.so")
    let file = try folder.write(text, to: "specs/tt.json")
    let target = try Target(file: file, origin: .commandLine, program: "\(folder.path)/bin/haq")
    try folder.write("abc", to: "bin/lib/none.so")
    try folder.write("abc", to: "lib/haq/lib/none.so")
    #expect(target.libraryCandidates == ["\(folder.path)/specs/lib/none.so"])
    #expect(throws: TargetError.self) { try target.library() }
  }

  @Test("a library is found beside the spec first; a wrong digest is refused")
  func digest() throws {
    try folder.write("abc", to: "bin/libnone.so")
    try folder.write("", to: "lib/haq/libnone.so")
    // FIPS 180-2, appendix B.1: SHA-256 of "abc".
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    let found = try target(extra: ", \"sha256\": \"\(abc)\"").library()
    #expect(found.path == "\(folder.path)/bin/libnone.so")
    #expect(found.sha256 == abc)
    let other = String(repeating: "0", count: 64)
    #expect(throws: TargetError.wrongDigest(file: found.path, pinned: other, found: abc)) {
      try target(extra: ", \"sha256\": \"\(other)\"").library()
    }
    try folder.write("abc", to: "specs/libnone.so")
    #expect(try target().library().path == "\(folder.path)/specs/libnone.so")
  }

  @Test("a library for another processor, and one of another ABI than the spec states, are refused")
  func otherLibraries() throws {
    #if arch(x86_64)
      let other = "aarch64"
    #else
      let other = "x86_64"
    #endif
    #expect(throws: TargetError.wrongArchitecture(target: "tt", library: other)) {
      try target(extra: ", \"arch\": \"\(other)\"").library()
    }
    // The fixture has this version of the ABI, the spec states 1.0.
    let library = try FixtureLibrary()
    try FileManager.default.copyItem(atPath: library.path, toPath: "\(folder.path)/specs/libnone.so")
    let file = try folder.write(TemporaryFolder.spec("tt"), to: "specs/tt.json")
    let stated = try Target(
      file: file, origin: .commandLine, program: try Places.builtLibrary("haq-sandbox"))
    let thrown = #expect(throws: TargetError.self) {
      try stated.costTable(of: Network(name: "n", batch: 2, layers: [layer]))
    }
    #expect(
      thrown?.description.contains("was built for plugin ABI 1.1; the spec of target \"tt\" says 1.0") == true
    )
  }

  @Test("a library that is no plugin is not loaded as one")
  func notAPlugin() throws {
    try folder.write("not a library", to: "specs/libnone.so")
    #expect(throws: (any Error).self) { try target().costTable(of: Network(name: "n", layers: [layer])) }
  }
}
