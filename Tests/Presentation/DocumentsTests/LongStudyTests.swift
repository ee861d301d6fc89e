import Documents
import Evaluation
import FixtureBuilding
import Foundation
import PrecisionSearch
import Studies
import StudyBuilding
import Testing

/// Pages of searches of thousands of policies, of which 1 in 50 failed.
struct LongStudyTests {
  private let folder: TemporaryFolder
  private var study: LongStudy

  init() throws {
    folder = try TemporaryFolder()
    study = try LongStudy(in: folder.path, layers: 8)
  }

  /// Policies by number that no other one beats, by definition.
  private func front(_ path: String) throws -> [Int] {
    let measured = try StudyRecords(path).episodes().compactMap { episode in
      episode.measured.result.figures.map {
        (number: episode.index + 1, cost: episode.measured.cost, accuracy: $0.accuracy)
      }
    }
    return measured.filter { one in
      !measured.contains { other in
        other.cost <= one.cost && other.accuracy >= one.accuracy
          && (other.cost < one.cost || other.accuracy > one.accuracy)
      }
    }.map(\.number)
  }

  /// What a table has in a column of numbers of policies.
  private func rows(_ page: String) -> [Int] {
    page.matches(of: /<tr><td>([0-9]+)<\/td>/).compactMap { Int($0.1) }
  }

  @Test("the page of a long search has its front and all that were the best so far, says so, and is small")
  func page() throws {
    var study = study
    try study.grow(by: 3000)
    let page = try StudyReport(study.path).page()
    #expect(page.utf8.count < 600_000, "\(page.utf8.count)")
    let front = try front(study.path)
    let best = try StudyRecords(study.path).episodes().filter(\.isBest).map { $0.index + 1 }
    #expect(front.count > 10 && best.count > 3)
    let rows = rows(page)
    // The front by ascending cost, and then both in their order.
    #expect(Set(rows.prefix(front.count)) == Set(front))
    #expect(Array(rows.dropFirst(front.count)) == Set(front + best).sorted())
    let marks = Set(page.matches(of: /data-policy="([0-9]+)"/).compactMap { Int($0.1) })
    #expect(Set(front + best).isSubset(of: marks))
    #expect(page.contains("haq study export writes all 3000 as CSV."))
    #expect(
      page.contains(
        "rows, of 3000 policies, those that were the best so far and those on the front</summary>"))
  }

  @Test("a thousand policies are all in the table and the charts")
  func whole() throws {
    var study = study
    try study.grow(by: 1000)
    let page = try StudyReport(study.path).page()
    #expect(rows(page).suffix(1000) == Array(1...1000))
    #expect(page.contains("<summary>The numbers: 1000 rows</summary>") && !page.contains("study export"))
  }

  @Test("a dashboard reads every row once, and shows what a new one shows")
  func incremental() throws {
    var study = study
    let dashboard = try StudyDashboard(study.path)
    var policies = 0
    for news in [1, 1200, 1, 1, 40] {
      try study.grow(by: news)
      policies += news
      let version = try dashboard.version()
      let fragments = try dashboard.fragments()
      // The float baseline, and an evaluation and an episode of each policy.
      #expect(dashboard.rowsRead == 1 + 2 * policies)
      #expect(try dashboard.version() == version)
      #expect(try fragments == StudyDashboard(study.path).fragments())
      #expect(try dashboard.policy(policies) == StudyDashboard(study.path).policy(policies))
      #expect(try dashboard.policy(policies + 1) == nil)
      #expect(dashboard.rowsRead == 1 + 2 * policies)
    }
  }

  @Test("another study in the place of the first is read from its start")
  func replaced() throws {
    var study = study
    try study.grow(by: 30)
    let dashboard = try StudyDashboard(study.path)
    _ = try dashboard.fragments()
    let otherFolder = try TemporaryFolder()
    var other = try LongStudy(in: otherFolder.path, layers: 6)
    try other.grow(by: 40)
    try FileManager.default.removeItem(atPath: study.path)
    try FileManager.default.moveItem(atPath: other.path, toPath: study.path)
    let fragments = try dashboard.fragments()
    #expect(try fragments == StudyDashboard(study.path).fragments())
    #expect(fragments.contains { $0.html.contains("40 policies") })
  }
}
