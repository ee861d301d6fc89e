import Core
import Documents
import Testing

@Suite("Texts about cost tables")
struct TableTextTests {
  @Test("a table that was written is reported in a sentence")
  func written() throws {
    #expect(
      try Samples.read(TableBuildDocument.self).text
        == "Wrote 384 points (6 layers, batch 16, latency in seconds) to costs.csv.\n"
        + "The costs of edge are inferred: streams, clock and array are fitted to one figure.\n")
    let conversion = Samples.lines(try Samples.read(TableConversionDocument.self).text)
    #expect(conversion.contains("Layer name"))
    #expect(conversion.contains("W8A8 [us] latency at W8A8 us"))
    #expect(
      conversion.contains(
        "Separator: semicolon; decimal comma. Marked as not measured: 2 points. Ignored columns: Bemerkung."))
    #expect(
      conversion.suffix(3) == [
        "Wrote 384 points (6 layers, batch 16, latency in cycles) to board.npy.",
        "Not in the table: 1 (deep). The target cannot cost a network with them until they are measured.",
        "Wrote my-board.json; try: haq cost NETWORK --target my-board.json",
      ])
  }

  @Test("a table is shown whole, or one layer of it")
  func points() throws {
    let document = try Samples.read(TablePointsDocument.self)
    let whole = Samples.lines(document.text(of: .latency))
    let outputs = ", with outputs as wide as inputs, or of 32 bits where nobody quantizes them"
    #expect(
      whole.first == "2 points of 2 layers, batch 16; latency, weight_bytes. Shown: latency\(outputs).")
    // The narrowest, the middle and the widest of two widths.
    #expect(whole.contains("layer shape points W4A8 W4A8 W8A8"))
    #expect(whole.contains("a fully-connected, 8 -> 4 channels 2 4.000 ms 4.000 ms 8.000 ms"))
    #expect(whole.contains("b fully-connected, 4 -> 2 channels 0 - - -"))
    #expect(whole.last == "Missing layers: b.")
    let layer = Samples.lines(document.text(of: .weightBytes, layer: 0))
    #expect(layer.first == "a: fully-connected, 8 -> 4 channels, batch 16, weight_bytes\(outputs)")
    #expect(layer.suffix(2) == ["W4 1.500 kB", "W8 32 B"])
  }
}
