import Core
import Diagnostics
import Foundation
import Specs
import Testing

struct NetworkDocumentTests {
  static let tiny = [
    Layer(
      name: "stem", kind: .convolution, inputChannels: 3, outputChannels: 8, input: Extent(square: 32),
      output: Extent(square: 16), kernel: Extent(square: 3), stride: Extent(square: 2)),
    Layer(
      name: "dw", kind: .depthwise, groups: 8, inputChannels: 8, outputChannels: 8, input: Extent(square: 16),
      output: Extent(square: 16), kernel: Extent(square: 3)),
    Layer(name: "classifier", kind: .fullyConnected, inputChannels: 8, outputChannels: 10),
  ]

  @Test("reads the documentation's example")
  func example() throws {
    let read = try NetworkDocument.read(try Fixtures.example(in: "network.md"), file: "tiny.json")
    #expect(read.document == NetworkDocument(name: "tiny", batch: 4, layers: Self.tiny))
    #expect(read.document.network(defaultBatch: 16).batch == 4)
  }

  @Test("what is written reads back, squares or not, groups or not, names with quotes")
  func roundTrip() throws {
    let odd = Layer(
      name: "a \"quoted\" / name", kind: .convolution, groups: 2, inputChannels: 4, outputChannels: 6,
      input: Extent(height: 9, width: 7), output: Extent(height: 9, width: 7),
      kernel: Extent(height: 3, width: 1))
    let product = Layer(
      name: "scores", kind: .matmul, inputChannels: 64, outputChannels: 49,
      input: Extent(height: 49, width: 1),
      output: Extent(height: 49, width: 1))
    let rows = Extent(height: 197, width: 1)
    let tokens = Layer(
      name: "tokens", kind: .fullyConnected, inputChannels: 64, outputChannels: 192, input: rows, output: rows
    )
    let document = NetworkDocument(name: "mixed", batch: nil, layers: Self.tiny + [odd, product, tokens])
    #expect(try NetworkDocument.read(Data(document.text.utf8), file: "x").document == document)
    #expect(document.network(defaultBatch: 16).batch == 16)
  }

  @Test("the sizes of a transposed convolution are those of a convolution, exchanged")
  func transposed() throws {
    func document(input: String, output: String, padding: String = "") -> Data {
      Data(
        """
        {"schema": "haq.network/1.0", "name": "n", "layers": [{"name": "up", "kind": "transposed-convolution",
        "in_channels": 8, "out_channels": 4, "input": \(input), "output": \(output), "kernel": 4, "stride": 2\(padding)}]}
        """.utf8)
    }
    let layer = Layer(
      name: "up", kind: .transposedConvolution, inputChannels: 8, outputChannels: 4,
      input: Extent(square: 7), output: Extent(square: 14), kernel: Extent(square: 4),
      stride: Extent(square: 2), padding: Layer.Padding(1))
    let read = try NetworkDocument.read(document(input: "7", output: "14"), file: "n.json").document
    #expect(read.layers == [layer])
    #expect(try NetworkDocument.read(Data(read.text.utf8), file: "n.json").document == read)
    // (14 + 2 - 4) / 2 + 1 = 7 and (15 + 2 - 4) / 2 + 1 = 7, which an element of output padding adds; 16 would be of 8.
    let padding = ", \"padding\": 1"
    #expect(throws: Never.self) {
      try NetworkDocument.read(document(input: "7", output: "15", padding: padding), file: "n.json")
    }
    for (input, output) in [("7", "16"), ("14", "7")] {
      #expect(throws: Diagnostics.self) {
        try NetworkDocument.read(document(input: input, output: output, padding: padding), file: "n.json")
      }
    }
  }

  @Test("the fingerprint hashes the documented text")
  func fingerprint() {
    // sha256sum of "fc\tfully-connected\t1\t8\t10\t1x1\t1x1\t1x1\t1x1\n"
    let layer = Layer(name: "fc", kind: .fullyConnected, inputChannels: 8, outputChannels: 10)
    let network = Network(name: "any", batch: 3, layers: [layer])
    #expect(network.shapeSHA256 == "de456fb61de074a88f4d5e0bd332aad03ded769a2ed900f518ccedeb61c22b87")
    #expect(Network(name: "other", layers: [layer]).shapeSHA256 == network.shapeSHA256)
  }

  /// A causal convolution of three taps, two apart.
  private let causal = Layer(
    name: "c", kind: .convolution, inputChannels: 1, outputChannels: 1, input: Extent(square: 12),
    output: Extent(square: 12), kernel: Extent(square: 3), dilation: Extent(square: 2),
    padding: Layer.Padding(top: 4, left: 4, bottom: 0, right: 0))

  @Test("dilation, padding and rows are written and read, and count in the fingerprint")
  func windows() throws {
    let rows = Extent(height: 197, width: 1)
    let product = Layer(
      name: "fc", kind: .fullyConnected, inputChannels: 8, outputChannels: 9, input: rows, output: rows)
    let document = NetworkDocument(name: "n", batch: nil, layers: [causal, product])
    #expect(try NetworkDocument.read(Data(document.text.utf8), file: "x").document == document)
    // sha256sum of "c\tconvolution\t1\t1\t1\t12x12\t12x12\t3x3\t1x1\tdilation 2x2\tpadding 4/4/0/0\n"
    #expect(
      Network(name: "n", layers: [causal]).shapeSHA256
        == "54765abf85cb519d16dbbdc0fb4b440c0ece4320587d9170f069af5bdf07db9c")
  }

  @Test(
    "shapes that contradict each other are refused",
    arguments: [
      (
        #""kind": "convolution", "in_channels": 3, "out_channels": 8, "groups": 2, "input": 8, "output": 8, "kernel": 1"#,
        "2 groups do not divide 3 input and 8 output channels"
      ),
      (
        #""kind": "depthwise", "in_channels": 4, "out_channels": 8, "input": 8, "output": 8, "kernel": 1"#,
        "depthwise has as many output as input channels, not 4 and 8"
      ),
      (
        #""kind": "depthwise", "in_channels": 4, "out_channels": 4, "groups": 2, "input": 8, "output": 8, "kernel": 1"#,
        "depthwise has one group per channel, so 4, not 2"
      ),
      // 224 / 2 gives 111 without and 113 with the widest padding of a 3x3 kernel.
      (
        #""kind": "convolution", "in_channels": 3, "out_channels": 8, "input": 224, "output": 224, "kernel": 3, "stride": 2"#,
        "any padding gives 111 to 113"
      ),
      (
        #""kind": "convolution", "in_channels": 3, "out_channels": 8, "output": 8, "kernel": 3"#,
        "lacks the key \"input\""
      ),
      // Taps two apart reach over 5: 24 without padding, 28 + 4 at most.
      (
        #""kind": "convolution", "in_channels": 3, "out_channels": 8, "input": 28, "output": 33, "kernel": 3, "dilation": 2"#,
        "kernel 3, dilation 2 and stride 1; any padding gives 24 to 32"
      ),
      // 28 + 2 - 5 + 1.
      (
        #""kind": "convolution", "in_channels": 3, "out_channels": 8, "input": 28, "output": 28, "kernel": 3, "dilation": 2, "padding": 1"#,
        "padding by 2 in all gives 26"
      ),
      (
        #""kind": "convolution", "in_channels": 3, "out_channels": 8, "input": 8, "output": 8, "kernel": 3, "padding": [1, 1]"#,
        "padding"
      ),
      (#""kind": "fully-connected", "in_channels": 3, "out_channels": 8, "kernel": 3"#, "has kernel 1"),
      (
        #""kind": "fully-connected", "in_channels": 3, "out_channels": 8, "input": 7, "output": 6"#,
        "has the output extent of its input"
      ),
      (
        #""kind": "fully-connected", "in_channels": 0, "out_channels": 8"#,
        "is 0; it must be a whole number 1 to 16777215"
      ),
      (
        #""kind": "matmul", "in_channels": 16777215, "out_channels": 16777215, "input": 16777215"#,
        "more than 1e15 multiply-accumulates"
      ),
    ])
  func contradictions(layer: String, message: String) {
    let text = #"{"schema": "haq.network/1.0", "name": "n", "layers": [{"name": "l", \#(layer)}]}"#
    let thrown = #expect(throws: Diagnostics.self) { try NetworkDocument.read(Data(text.utf8), file: "x") }
    #expect(thrown?.description.contains(message) == true, "\(thrown?.description ?? "")")
  }

  @Test("two layers of one name are refused, both places named")
  func repeated() {
    let layer = #"{"name": "fc", "kind": "fully-connected", "in_channels": 1, "out_channels": 1}"#
    let text = "{\"schema\": \"haq.network/1.0\", \"name\": \"n\", \"layers\": [\n\(layer),\n\(layer)]}"
    let thrown = #expect(throws: Diagnostics.self) { try NetworkDocument.read(Data(text.utf8), file: "x") }
    #expect(
      thrown?.description.hasPrefix(
        "x:3:1: error: a second layer is called \"fc\"; the first is at x:2:1") == true)
  }
}
