import FixtureBuilding
import PrecisionSearch
import Studies
import Testing

struct EarlierFactsTests {
  @Test("a setting of a study made before is read under today's name")
  func sensitivitySamples() throws {
    let folder = try TemporaryFolder()
    let problem = StudyProblem(objective: .accuracy, budgets: [], evaluations: 1, searchSamples: 1)
    let contents = NewStudy(
      arguments: [], directory: "/", facts: StudyFacts([.init(.search, "probe samples", "8")]),
      problem: problem)
    let study = try Study.create(at: "\(folder.path)/study.haq", contents, programSHA256: "0")
    #expect(try study.records.facts().value(.search, "sensitivity samples") == "8")
    #expect(try study.records.facts().value(.search, "probe samples") == nil)
  }
}
