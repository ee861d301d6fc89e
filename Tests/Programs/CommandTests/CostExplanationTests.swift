import Core
import Documents
import Foundation
import Testing

@Suite("haq cost, explained")
struct CostExplanationTests {
  private let folder: MeasuredFolder

  init() throws { folder = try MeasuredFolder() }

  @Test("one layer's terms, its bound, and what a bit less saves, as calculated by hand")
  func explain() throws {
    let run = try folder.run([
      "cost", "small.json", "--target", "bismo-vu9p", "--bits", "W4A4", "--explain", "classes", "--format",
      "json",
    ])
    #expect(run.exitCode == 0, "\(run.errors)")
    let explanation = try run.document(CostExplanationDocument.self)
    // 320 inputs are 2 words of 256 bits: 1000 rows x 2 words x 4 bits stream in 8000 cycles of 5 ns. Compute is 63 row
    // tiles x 1 column tile of 16 images x 2 words x 16 bit pairs: 2016 cycles.
    let terms = try #require(explanation.terms)
    let times = Dictionary(uniqueKeysWithValues: terms.map { ($0.name, $0.latencySeconds) })
    #expect(abs((times["weight traffic"] ?? 0) - 8000 * 5e-9) < 1e-15)
    #expect(abs((times["compute"] ?? 0) - 2016 * 5e-9) < 1e-15)
    #expect(terms.filter(\.isBound).map(\.name) == ["weight traffic"])
    // 320 x 1000 weights lose a bit: 40,000 bytes.
    #expect(explanation.savings.map(\.precision) == ["W3A4", "W4A3"])
    #expect(explanation.savings[0].cost[.weightBytes] == -40_000)
    // Two operations per multiply-accumulate, 16 images.
    #expect(explanation.operations == 10_240_000)
    let unknown = try folder.run([
      "cost", "small.json", "--target", "bismo-vu9p", "--explain", "clases",
    ])
    #expect(unknown.exitCode == 1 && unknown.errors.contains("Did you mean \"classes\"?"))
  }

  @Test("a bit less that a target costs as before is said to be costed so")
  func costedAs() throws {
    // The T4 has W8A8 and W4A4 only: one operand of fewer bits is costed as W8A8, and saves nothing.
    let arguments = ["cost", "small.json", "--target", "nvidia-t4", "--explain", "wide"]
    let text = try folder.run(arguments)
    #expect(text.output.contains("W4A8, costed as W8A8"), "\(text.errors)")
    let explanation = try folder.run(arguments + ["--bits", "W5A6", "--format", "json"])
      .document(CostExplanationDocument.self)
    #expect(explanation.costedAs == "W8A8")
    #expect(explanation.savings.map(\.precision) == ["W4A6", "W5A4"])
    #expect(explanation.savings.map(\.costedAs) == ["W8A8", "W8A8"])
    #expect(explanation.savings.map { $0.cost[.latency] } == [0, 0])
  }

  @Test("the roofline has both precisions, every layer, and a style for light and dark")
  func roofline() throws {
    let run = try folder.run([
      "cost", "small.json", "--target", "bismo-vu9p", "--bits", "W4A4", "--chart", "roof.svg",
    ])
    #expect(run.exitCode == 0, "\(run.errors)")
    let drawing = try folder.read("roof.svg")
    #expect(try XMLCheck.isWellFormed(drawing))
    for layer in ["stem", "deep", "point", "deeper", "wide", "classes"] {
      for precision in ["W8A8", "W4A4"] {
        #expect(drawing.contains("<title>\(layer) at \(precision): "))
      }
    }
    // The classifier fills the array best: 10.24 M operations in 63 x 2 x 64 = 8064 cycles of 5 ns, 254 G per second;
    // with 4 bits in a quarter of them.
    #expect(drawing.contains("W8A8: at most 254 G") && drawing.contains("W4A4: at most 1.02 T"))
    #expect(drawing.contains("prefers-color-scheme: dark"))
  }
}

/// XML as far as a drawing needs it: tags that match.
private enum XMLCheck {
  static func isWellFormed(_ text: String) throws -> Bool {
    var open: [Substring] = []
    for tag in text.matches(of: /<(\/?)([A-Za-z]+)[^>]*?(\/?)>/) {
      let (_, closing, name, alone) = tag.output
      if !alone.isEmpty { continue }
      if closing.isEmpty { open.append(name) } else if open.popLast() != name { return false }
    }
    return open.isEmpty
  }
}
