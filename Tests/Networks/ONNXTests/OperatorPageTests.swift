import FixtureBuilding
import Foundation
import Networks
import ONNX
import Testing

@Suite("docs/onnx.md")
struct OperatorPageTests {
  /// The comma-separated names between a mark and the end of its part.
  private func names(after mark: String) throws -> [String] {
    let page = try String(contentsOfFile: "\(Places.package)/docs/onnx.md", encoding: .utf8)
    let part = try #require(page.components(separatedBy: "<!-- begin \(mark) -->\n").last)
    let list = try #require(part.components(separatedBy: "\n<!-- end -->").first)
    return list.replacing("\n", with: " ").components(separatedBy: ", ")
  }

  @Test("lists the operators that are read, each once")
  func operators() throws {
    let (listed, folded) = try (names(after: "operators"), names(after: "folded"))
    #expect((listed + folded).sorted() == ONNX.operatorNames.sorted())
    // What these give is known whatever they read.
    let known: Set = ["Constant", "ConstantOfShape", "Shape", "Size"]
    #expect(folded.filter { !known.contains($0) } == ONNX.foldedOperatorNames)
  }
}
