import Core
import Documents
import Testing

@Suite("Texts about policies")
struct PolicyTextTests {
  @Test("a policy is shown as bars, with what its file records")
  func description() throws {
    var document = try Samples.read(PolicyDescriptionDocument.self)
    let lines = Samples.lines(document.text)
    #expect(lines.first == "small for edge, 2 layers")
    for line in [
      "stem ▇▇▇▇▇▇▇▇ 8 ▇▇▇▇▇▇▇▇ 8", "deep ▇▇▇▇···· 4 ▇▇······ 2",
      "Memory, batch 1: weights 1.500 kB, activations at most 784 B at once",
      "Quantized with --weight-scales tensor --clipping max --weight-clipping mse",
      "Latency when it was written: 4.000 ms",
      "Accuracy when it was written: 92.66 % on the validation split",
    ] { #expect(lines.contains(line), "\(line)") }
    document.memory = nil
    #expect(
      document.text.contains("Memory: not known without the network; name its file with --network.\n"))
  }

  @Test("two policies differ where a layer has other bits or is absent")
  func diff() throws {
    var document = try Samples.read(PolicyDiffDocument.self)
    #expect(
      Samples.lines(document.text).suffix(4) == [
        "stem W8A8 W4A4", "extra absent W8A8", "old W8A8 absent", "3 of 3 layers differ",
      ])
    document.differences = []
    #expect(document.text == "0 of 3 layers differ\n")
  }

  @Test("differences are in the order of the first file, then of the second")
  func differences() throws {
    let (eight, four) = (Precision.eight, try #require(Precision("W4A4")))
    let document = PolicyDiffDocument(
      .init(file: "a", layers: [("x", eight), ("y", eight), ("z", four)]),
      .init(file: "b", layers: [("new", four), ("y", four), ("z", four)]))
    #expect(document.layers == 4)
    #expect(document.differences.map(\.layer) == ["x", "y", "new"])
    #expect(document.differences.map(\.first) == ["W8A8", "W8A8", nil])
    #expect(document.differences.map(\.second) == [nil, "W4A4", "W4A4"])
  }

  @Test("a policy that fits is reported with what it costs")
  func validation() throws {
    var document = try Samples.read(PolicyValidationDocument.self)
    #expect(
      document.text
        == "p.json fits small and edge, 4.000 ms; weights 1.500 kB, activations at most 784 B at once\n"
        + "The costs of edge are inferred: streams, clock and array are fitted to one figure.\n")
    (document.target, document.latencySeconds, document.memory) = (nil, nil, nil)
    #expect(document.text == "p.json fits small, 6 layers\n")
  }
}
