import Documents
import Testing

@Suite("Texts about networks")
struct NetworkTextTests {
  @Test("a network's operations, what has no cost, and which widths are tied")
  func description() throws {
    let lines = Samples.lines(try Samples.read(NetworkDescriptionDocument.self).text)
    #expect(lines.first == "small: Nx3x56x56 (channels last) to Nx10 (scores). MACs are of one sample.")
    for line in [
      "stem convolution 3x3/2 Nx40x28x28 1.120 k 846.7 k given W4 A8", "attention product Nx10x10 1.000 k no",
      "total 1.120 k 847.7 k", "At 8 bit: weights 1.080 kB, activations at most 40.77 kB at once.",
      "Without cost, 1 of 3 operations: a product of two activations.",
      "Layers that share the width of their inputs:", "1. a, b", "they read relu",
    ] { #expect(lines.contains(line), "\(line)") }
  }

  @Test("an export's size is reported layer by layer")
  func export() throws {
    let lines = Samples.lines(try Samples.read(ExportDocument.self).text)
    #expect(lines.first == "tiny as qcdq in q.onnx, 2048 B.")
    #expect(lines.contains("stem W3A4 36 14 B 16 B 30 B") && lines.contains("total 116 44 B 56 B 100 B"))
    // 100 of 464 bytes.
    #expect(
      lines.last
        == "Packed weights are 21.6 % of 464 B in 32-bit floating point; biases, 56 B, are not quantized.")
  }
}
