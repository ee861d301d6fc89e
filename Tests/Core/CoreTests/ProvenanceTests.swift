import Core
import Foundation
import Testing

@Suite("where the costs of a table come from")
struct ProvenanceTests {
  private func read(_ text: String) throws -> CostTable.Provenance {
    try JSONDecoder().decode(CostTable.Provenance.self, from: Data(text.utf8))
  }

  /// From the study of `haq search fashion-mobilenet-v1 --target bismo-zynq7020`, before there was `Source`.
  private static let kept = #"""
    {"evidence":{"statement":"streams, remainders, depthwise mapping and clock were chosen to meet the eight published totals of HAQ's Table 2 for the edge, and differ from them by at most 0.060 %; the authors do not document them.","status":"inferred"},"librarySHA256":"a606f6ca38954ed00a2ce26c8653ac218998780e2003125990f24e5e109a604c","networkSHA256":"c3abda66fd84b5de4891e571744bcca2701914567bc01688bb9800cdcbc1ea26","programVersion":"0.1.0","specSHA256":"30cf46f860ce63cf2271919edb8bf99578345d273d09936a4dc95c9d74024e88","target":"bismo-zynq7020"}
    """#

  @Test("a target's is read from the studies of earlier programs")
  func target() throws {
    let provenance = try read(Self.kept)
    let target = try #require(provenance.target)
    #expect(target.id == "bismo-zynq7020" && provenance.name == "bismo-zynq7020")
    #expect(target.evidence?.status == .inferred)
    #expect(target.specSHA256 == "30cf46f860ce63cf2271919edb8bf99578345d273d09936a4dc95c9d74024e88")
    #expect(target.librarySHA256 == "a606f6ca38954ed00a2ce26c8653ac218998780e2003125990f24e5e109a604c")
    #expect(target.tableSHA256 == nil && provenance.programVersion == "0.1.0")
  }

  @Test("earlier programs wrote a digest of nothing where there is no hardware", arguments: ["none", ""])
  func withoutHardware(digest: String) throws {
    let kept = #"""
      {"networkSHA256":"","programVersion":"0.1.0","specSHA256":"\#(digest)","target":"codebooks"}
      """#
    let provenance = try read(kept)
    #expect(provenance.source == .withoutHardware(name: "codebooks"))
    #expect(provenance.target == nil && provenance.name == "codebooks")
  }

  @Test("what is written is read back, and no digest is written where there is none")
  func coding() throws {
    for provenance in [try read(Self.kept), .withoutHardware("no hardware")] {
      let written = try JSONEncoder().encode(provenance)
      #expect(try JSONDecoder().decode(CostTable.Provenance.self, from: written) == provenance)
      let text = String(decoding: written, as: UTF8.self)
      #expect(text.contains("specSHA256") == (provenance.target != nil))
    }
  }
}
