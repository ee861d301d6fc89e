import Documents
import Evaluation
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
        " after 3 policies; the best so far has 87.50 % on the 100 validation samples of the search and 16.00 ms of "
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

  /// Where the line of the float baseline and the mark of a policy are in the chart of the front, from the top.
  private func heights(_ page: String, policy: Int) throws -> (float: Double, policy: Double) {
    let float = try #require(
      page.firstMatch(of: /<line class="band"[^>]* y1="([0-9.]+)"[^>]*>\s*<text [^>]*>float</))
    let mark = try #require(
      page.firstMatch(
        of: try Regex("data-policy=\"\(policy)\" d=\"M[0-9.]+ ([0-9.]+)m", as: (Substring, Substring).self)))
    return (try #require(Double(float.1)), try #require(Double(mark.1)))
  }

  @Test(
    "the float baseline beside the policies is the one on their samples, and the axis says how many they are")
  func likeWithLike() throws {
    let study = try study()
    try study.measureFloat(accuracy: 0.625, samples: 1200, isWhole: true)
    // Of other samples alone, it is not drawn beside the policies.
    #expect(try !StudyReport(study.path).page().contains(">float<"))
    try study.measureFloat(accuracy: 0.9375, samples: 100)
    let page = try StudyReport(study.path).page()
    // 93.75 % on 100 samples is above the best policy's 87.5 %; 62.5 % on 1200 samples would be below.
    let heights = try heights(page, policy: 2)
    #expect(heights.float < heights.policy)
    #expect(page.matches(of: />top-1 accuracy, 100 validation samples</).count == 2)
    #expect(page.contains("<th>validation, 100 samples</th>"))
  }

  @Test(
    "where latencies have what lies between layers, page and study show have the sum of the layers beside them"
  )
  func sumOfLayers() throws {
    let study = try GrowingStudy(in: folder.path, shareOfLayers: 0.75)
    try study.measure(weight: 4, activation: 4, accuracy: 0.875)
    let sentence =
      "The latency of the network, which budgets are of, is 16.00 ms, while its layers add up to 12.00 ms (+33.33 %)."
    #expect(try StudyReport(study.path).page().contains("<p>\(sentence)</p>"))
    let description = try StudyDescriptionDocument(study.path)
    #expect(description.text.contains("  \(sentence)\n"))
    #expect(description.bestNetworkGap?.count == 1)
    let other = try TemporaryFolder()
    let alone = try GrowingStudy(in: other.path)
    try alone.measure(weight: 4, activation: 4, accuracy: 0.875)
    #expect(try !StudyReport(alone.path).page().contains("add up to"))
    #expect(try StudyDescriptionDocument(alone.path).bestNetworkGap == nil)
  }

  @Test("where the evaluator names what it measures, titles, charts and lists have its name")
  func metric() throws {
    let study = try GrowingStudy(in: folder.path, facts: [.init(.accuracy, "metric", "agreement")])
    try study.measure(weight: 8, activation: 8, accuracy: 0.75)
    let page = try StudyReport(study.path).page()
    #expect(page.contains("<th>validation agreement, 100 samples</th>"))
    #expect(page.matches(of: />agreement, 100 validation samples</).count == 2)
    #expect(page.contains("Agreement and latency by policy"))
    #expect(!page.contains("top-1 accuracy"))
    #expect(try StudyLine(StudySummary(study.path)).accuracyMetric == "agreement")
    let lines = try StudyComparisonDocument([StudySummary(study.path)]).text
    #expect(lines.contains("best agreement, validation"))
  }

  @Test("a policy at which the evaluator stopped says after how many samples")
  func stopped() throws {
    let result = EvaluationResult.stopped(.init(accuracy: 0.25, loss: 2, samples: 40))
    let study = try study()
    try study.measure(weight: 2, activation: 2, result: result)
    let page = try StudyReport(study.path).page()
    #expect(page.contains("<tr><td>4</td><td>25.00 %, stopped after 40 samples</td>"))
    #expect(page.contains("<title>policy 4: 25.00 %, stopped after 40 samples, 8.000 ms</title>"))
  }

  /// A study of a method that measures sensitivities, of which there are two on so many samples.
  private func study(sensitivitySamples: Int, method: String = "auto") throws -> GrowingStudy {
    let study = try GrowingStudy(in: folder.path, facts: [.init(.search, "method", method)])
    try study.measureFloat(accuracy: 0.9375, samples: 100)
    for weight in [2, 3] { try study.measureSensitivity(weight: weight, samples: sensitivitySamples) }
    for weight in [4, 5, 6] { try study.measure(weight: weight, activation: 8, accuracy: 0.75) }
    return study
  }

  @Test(
    "sensitivity measurements are counted apart from policies, on any number of samples",
    arguments: [10, 100])
  func sensitivities(samples: Int) throws {
    let study = try study(sensitivitySamples: samples)
    let effort = try StudyDescriptionDocument(study.path).effort
    #expect(effort.policyEvaluations == 3 && effort.sensitivityMeasurements == 2)
    #expect(effort.baselineEvaluations == 1 && effort.reusedEvaluations == 0)
    for page in [
      try StudyReport(study.path).page(), try StudyDescriptionDocument(study.path).text,
      try StudyDashboard(study.path).fragments().map(\.html).joined(),
    ] {
      #expect(page.contains("3 of policies, 2 for sensitivities, 1 of baselines and the comparison"))
    }
  }

  @Test("a method without sensitivities has none, also where an answer is ahead of its episode")
  func aheadOfEpisode() throws {
    let study = try study(sensitivitySamples: 100, method: "evolution")
    let effort = try StudyDescriptionDocument(study.path).effort
    #expect(effort.policyEvaluations == 5 && effort.sensitivityMeasurements == 0)
  }

  @Test("report, dashboard and study show count alike")
  func counts() throws {
    let study = try study()
    try study.measureFloat(accuracy: 0.9375, samples: 100)
    let pages = [
      try StudyReport(study.path).page(), try StudyDescriptionDocument(study.path).text,
      try StudyDashboard(study.path).fragments().map(\.html).joined(),
    ]
    for page in pages {
      // Three of the four evaluations that the search may spend, and the float baseline beside them.
      #expect(page.contains("75.0 % of 4 evaluations"))
      #expect(page.contains("3 of policies, 1 of baselines and the comparison"))
      for word in ["answer", "probe"] { #expect(!page.lowercased().contains(" \(word)"), "\(word)") }
    }
  }

  @Test("only a running search is followed live")
  func live() throws {
    func status(_ path: String) throws -> String { try StudyDashboard(path).fragments()[0].html }
    let path: String
    do {
      let study = try study()
      path = study.path
      let html = try withExtendedLifetime(study) { try status(path) }
      #expect(html.contains("data-following=\"live\"") && html.contains("<dt>best so far</dt>"))
      #expect(html.contains("<dd>87.50 % of 100 validation samples</dd>"))
    }
    let html = try status(path)
    #expect(html.contains("data-following=\"search interrupted\"") && !html.contains("live"))
    #expect(html.contains("<dt>best of the search</dt>"))
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
    let error = #expect(throws: StudyError.self) { try StudyReport(path) }
    #expect(
      error?.description.contains(
        "table document, row sensitivity: the document's schema is \"haq.sensitivity/2.0\"; this program reads"
      )
        == true)
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
    #expect(page.contains(">top-1 accuracy, 100 validation samples<"))
  }

  @Test("two studies on other samples each state their count, and have no common float baseline")
  func unlikePair() throws {
    let (one, otherFolder) = (try study(), try TemporaryFolder())
    try one.measureFloat(accuracy: 0.9375, samples: 100)
    let other = try GrowingStudy(in: otherFolder.path, samples: 200)
    try other.measure(weight: 2, activation: 2, accuracy: 0.25)
    try other.measureFloat(accuracy: 0.875, samples: 200)
    let page = try ReportPair(StudyReport(one.path), StudyReport(other.path)).page()
    let both = try #require(
      page.firstMatch(of: /<svg [^>]*aria-label="Policies measured in both searches">(?s:.*?)<\/svg>/)
    ).0
    #expect(both.contains(", 100 samples; hollow") && both.contains(", 200 samples; hollow"))
    #expect(both.contains(">top-1 accuracy, validation samples<") && !both.contains(">float<"))
  }
}
