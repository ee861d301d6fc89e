import Documents
import FixtureBuilding
import Studies
import StudyBuilding
import Testing

/// Pages of a search that goes on, over two layers whose latency is their bits in milliseconds.
struct StudyReportTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func study(sensitivity: String? = nil) throws -> GrowingStudy {
    let study = try GrowingStudy(
      in: folder.path, documents: sensitivity.map { [.sensitivity: $0] } ?? [:])
    try study.measure(weight: 8, activation: 8, accuracy: 0.75)
    try study.measure(weight: 4, activation: 4, accuracy: 0.875)
    try study.measure(weight: 4, activation: 8, accuracy: 0.5, isBest: false)
    return study
  }

  @Test("the summary of a search that goes on has the best policy so far, its cost and its share of 8 bit")
  func summary() throws {
    let page = try StudyReport(try study().path).page()
    #expect(page.contains("<h1>two &lt;layers&gt; on board</h1>"))
    #expect(
      page.contains(
        " after 3 policies; the best so far has 87.50 % on the validation samples of the search and 16.00 ms of "
          + "latency (0.500x of uniform 8 bit), and nothing is compared until the search ends."))
    #expect(!page.contains("<h2>Sensitivity</h2>"))
  }

  @Test("the front has the policies that no other beats in cost and accuracy")
  func front() throws {
    let page = try StudyReport(try study().path).page()
    // W4A4 is both cheaper and more accurate than the others.
    #expect(
      page.contains("<tbody><tr><td>2</td><td>16.00 ms</td><td>0.500x</td><td>87.50 %</td></tr></tbody>"))
    #expect(
      page.contains(
        "<tr><td>3</td><td>50.00 %</td><td>24.00 ms</td><td>0.750x</td><td></td><td></td></tr>"))
  }

  @Test("sensitivities that an earlier program kept, without a schema, are drawn")
  func earlierSensitivity() throws {
    let kept = """
      {"measure": "loss", "layers": [
        {"weight": [{"width": 4, "increase": 0.125}, {"width": 8, "increase": 0}], "activation": []}, null]}
      """
    let page = try StudyReport(try study(sensitivity: kept).path).page()
    #expect(page.contains("<h2>Sensitivity</h2>"))
    #expect(page.contains("<tr><td>first</td><td>0.125</td><td>0</td></tr>"))
  }

  @Test("a sensitivity of an unknown schema is refused by name")
  func laterSensitivity() throws {
    let path = try study(sensitivity: #"{"schema": "haq.sensitivity/2.0"}"#).path
    #expect(throws: DocumentError.unknownSchema("haq.sensitivity/2.0", expected: "haq.sensitivity/1.0")) {
      try StudyReport(path)
    }
  }

  @Test("two studies have one chart of both, and their differences")
  func pair() throws {
    let otherFolder = try TemporaryFolder()
    let other = try GrowingStudy(in: otherFolder.path, facts: [.init(.search, "seed", "2")])
    try other.measure(weight: 2, activation: 2, accuracy: 0.25)
    let page = try ReportPair(StudyReport(study().path), StudyReport(other.path)).page()
    #expect(page.contains("Policies measured in both searches"))
    #expect(page.contains("<tr><td>seed</td><td>not stated</td><td>2</td></tr>"))
    #expect(page.contains("<tr><td>first</td><td>W4A4</td><td>W2A2</td></tr>"))
  }
}
