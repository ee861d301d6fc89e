import Core
import Diagnostics
import Foundation
import Specs
import Testing

@Suite("files of measured networks")
struct MeasuredNetworksDocumentTests {
  private static let text = """
    {
      "schema": "haq.measured-networks/1.0",
      "networks": [
        { "name": "small", "batch": 4, "layers": [
          { "name": "stem", "kind": "convolution", "in_channels": 3, "out_channels": 8, "input": 8, "output": 8,
            "kernel": 3 },
          { "name": "classes", "kind": "fully-connected", "in_channels": 8, "out_channels": 10 } ],
          "output_readers": [[1], []] }
      ],
      "runs": [
        { "network": "small", "precisions": ["W8A8", "bf16/bf16"], "latency_s": 0.00125, "spread": 0.01 },
        { "network": "small", "precisions": ["W8A8", "W8A8"], "latency_s": 1e-4 }
      ]
    }
    """

  private func read(_ text: String) throws -> MeasuredNetworksDocument {
    try MeasuredNetworksDocument.read(Data(text.utf8), file: "n.json").document
  }

  @Test("are read, and read the same after they were written")
  func reads() throws {
    let document = try read(Self.text)
    #expect(document.networks[0].outputReaders == [[1], []])
    #expect(document.networks[0].batch == 4)
    #expect(document.runs.map(\.latency) == [0.00125, 1e-4])
    #expect(document.runs[0].policy.precisions.map(\.description) == ["W8A8", "bf16/bf16"])
    #expect(document.runs[0].spread == 0.01)
    #expect(try read(document.text) == document)
    let twice = document.joined(to: document)
    #expect(twice.networks.count == 2 && twice.runs.map(\.network) == [0, 0, 1, 1])
  }

  @Test(
    "with an illegal value name the place and what is allowed",
    arguments: [
      (
        #"["W8A8", "W8A8"], "latency_s": 1e-4"#, #"["W8A8"], "latency_s": 1e-4"#,
        "has 1 entries; \"small\" has 2 layers"
      ),
      (#""bf16/bf16""#, #""bf17/bf16""#, "write such as W8A8 or bf16/bf16"),
      ("1e-4", "0", "it must be 1e-12"), ("[[1], []]", "[[2], []]", "positions of layers"),
      ("[[1], []]", "[[1]]", "for each of the 2 layers"),
      (
        #""network": "small", "precisions": ["W8A8", "W8A8"]"#,
        #""network": "other", "precisions": ["W8A8", "W8A8"]"#,
        "allowed: \"small\""
      ),
      (#""spread""#, #""spraed""#, "spraed"),
    ] as [(String, String, String)])
  func refuses(was: String, with: String, words: String) throws {
    #expect(Self.text.contains(was))
    #expect {
      try read(Self.text.replacing(was, with: with))
    } throws: {
      "\($0)".contains(words) && "\($0)".contains("n.json:")
    }
  }
}
