import Core
import Foundation
import Testing

/// Names of formats in documents stand under keys that say so.
struct FormatKeysTests {
  private struct Layer: Codable, Hashable {
    var name: String
    var weightBits: BitWidth
    var activationBits: BitWidth?

    enum CodingKeys: String, CodingKey {
      case name
      case weightBits = "weight_bits"
      case activationBits = "activation_bits"
    }
  }

  private struct Part: Codable, Hashable {
    var layers: [Layer]
    var weightBits: [BitWidth]
    var outputBits: [BitWidth]
    var costs: [Metric: Double]

    enum CodingKeys: String, CodingKey {
      case layers, costs
      case weightBits = "weight_bits"
      case outputBits = "output_bits"
    }
  }

  private func width(_ name: String) throws -> BitWidth { try #require(BitWidth(formatName: name)) }

  private func written(_ part: Part) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return String(decoding: try FormatKeys.encode(part, with: encoder), as: UTF8.self)
  }

  @Test("bits stay bits, names get keys of their own, and a list with one name has names alone")
  func keys() throws {
    let part = Part(
      layers: [
        Layer(name: "a", weightBits: .eight, activationBits: .float),
        Layer(name: "b_bits", weightBits: try width("int4-g128"), activationBits: try width("bf16")),
        Layer(name: "c", weightBits: try width("nvfp4"), activationBits: nil),
      ], weightBits: [.eight, try width("bf16"), .float], outputBits: [.eight, .float],
      costs: [.latency: 0.1])
    let text = try written(part)
    #expect(
      text == """
        {"costs":{"latency_s":0.1},"layers":[\
        {"activation_bits":32,"name":"a","weight_bits":8},\
        {"activation_format":"bf16","name":"b_bits","weight_format":"int4-g128"},\
        {"name":"c","weight_format":"nvfp4"}],\
        "output_bits":[8,32],"weight_formats":["int8","bf16","fp32"]}
        """)
    #expect(try FormatKeys.decoder.decode(Part.self, from: Data(text.utf8)) == part)
  }

  @Test("a document of integers has the bytes that any encoder gives")
  func integers() throws {
    let part = Part(
      layers: [Layer(name: "a", weightBits: .eight, activationBits: .float)], weightBits: [.eight],
      outputBits: [], costs: [:])
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    #expect(try written(part) == String(decoding: try encoder.encode(part), as: UTF8.self))
  }

  @Test("what is no format, and no width, is refused", arguments: ["\"fp8\"", "33", "0", "\"32\"", "null"])
  func refused(value: String) {
    let text = "{\"name\":\"a\",\"weight_bits\":\(value)}"
    #expect(throws: DecodingError.self) { try FormatKeys.decoder.decode(Layer.self, from: Data(text.utf8)) }
  }

  @Test("a cost table keeps formats, kinds of layers and the reference")
  func table() throws {
    let pairs = Set(["int4-g128/bf16", "W8A8"].compactMap(Precision.init))
    let rules = WidthRules(
      pairs: .listed(pairs), pairsOfKinds: [.init(kind: .fullyConnected, pairs: pairs)],
      reference: Precision("W8A8"))
    let table = try CostTable(
      of: Tables.network, from: HandModel(), weightWidths: [try width("int4-g128"), .eight],
      activationWidths: [.eight, try width("bf16")], widthRules: rules, aggregates: [.latency: .sum],
      provenance: .withoutHardware("by hand"))
    let kept = try JSONDecoder().decode(CostTable.self, from: JSONEncoder().encode(table))
    #expect(kept.inconsistency == nil)
    #expect(kept.weightWidths == table.weightWidths && kept.activationWidths == table.activationWidths)
    #expect(kept.widthRules == rules && kept.reference == .eight)
    for text in ["int4-g128/bf16", "W8A8", "int4-g128/int8"] {
      let precision = try #require(Precision(text))
      #expect(
        kept.cost(.latency, layer: 1, at: precision) == table.cost(.latency, layer: 1, at: precision))
    }
    // 2 x 4 bits of an element, and no cost for the pair that is not listed.
    #expect(kept.cost(.latency, layer: 1, at: try #require(Precision("int4-g128/bf16"))) == 8)
    #expect(kept.cost(.latency, layer: 1, at: try #require(Precision("int4-g128/int8"))) == nil)
  }
}
