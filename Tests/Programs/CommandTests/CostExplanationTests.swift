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
    let report = try folder.json(run.output)
    // 320 inputs are 2 words of 256 bits: 1000 rows x 2 words x 4 bits stream in 8000 cycles of 5 ns. Compute is 63 row
    // tiles x 1 column tile of 16 images x 2 words x 16 bit pairs: 2016 cycles.
    let terms = try #require(report["terms"] as? [[String: Any]])
    let times = Dictionary(
      uniqueKeysWithValues: terms.map { ($0["name"] as? String ?? "", $0["latency_s"] as? Double ?? 0) })
    #expect(abs((times["weight traffic"] ?? 0) - 8000 * 5e-9) < 1e-15)
    #expect(abs((times["compute"] ?? 0) - 2016 * 5e-9) < 1e-15)
    #expect(
      terms.filter { $0["is_bound"] as? Bool == true }.map { $0["name"] as? String } == ["weight traffic"])
    // 320 x 1000 weights lose a bit: 40,000 bytes.
    let savings = try #require(report["savings"] as? [[String: Any]])
    #expect(savings.map { $0["precision"] as? String } == ["W3A4", "W4A3"])
    #expect((savings[0]["cost"] as? [String: Double])?["weight_bytes"] == -40_000)
    // Two operations per multiply-accumulate, 16 images.
    #expect(report["operations"] as? Double == 10_240_000)
    let unknown = try folder.run([
      "cost", "small.json", "--target", "bismo-vu9p", "--explain", "clases",
    ])
    #expect(unknown.exitCode == 1 && unknown.errors.contains("Did you mean \"classes\"?"))
  }

  @Test("a bit less that a target charges as before is said to be charged so")
  func charges() throws {
    // The T4 has W8A8 and W4A4 only: one operand of fewer bits is charged as W8A8, and saves nothing.
    let arguments = ["cost", "small.json", "--target", "nvidia-t4", "--explain", "wide"]
    let text = try folder.run(arguments)
    #expect(text.output.contains("W4A8, charged as W8A8"), "\(text.errors)")
    let report = try folder.json(try folder.run(arguments + ["--bits", "W5A6", "--format", "json"]).output)
    #expect(report["charged_as"] as? String == "W8A8")
    let savings = try #require(report["savings"] as? [[String: Any]])
    #expect(savings.map { $0["precision"] as? String } == ["W4A6", "W5A4"])
    #expect(savings.map { $0["charged_as"] as? String } == ["W8A8", "W8A8"])
    #expect(savings.map { ($0["cost"] as? [String: Double])?["latency_s"] } == [0, 0])
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
