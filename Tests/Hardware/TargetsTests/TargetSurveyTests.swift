import Diagnostics
import FixtureBuilding
import Specs
import Targets
import Testing

struct TargetSurveyTests {
  @Test("every folder and file has a verdict, and the reason")
  func verdicts() throws {
    let folder = try TemporaryFolder()
    let first = try folder.writeSpec("aa", in: "one")
    try folder.write("{", to: "one/bb.json")
    try folder.write("", to: "one/notes.txt")
    try folder.write("", to: "one/.hidden.json")
    try folder.writeSpec("aa", in: "two")
    let paths = ["one", "two", "none"].map { "\(folder.path)/\($0)" }
    let survey = TargetSurvey(
      of: SearchPath(places: paths.map { .init(path: $0, origin: .replaced) }), program: "/none/bin/haq")
    #expect(survey.places.count == 3)
    guard case .absent = survey.places[2].finding else {
      Issue.record("an absent place was found")
      return
    }
    let verdicts = survey.files.map { file, _ in
      let name = file.path.dropFirst(folder.path.count + 1)
      return switch file.verdict {
      case .usable(let target): "\(name) is \(target.spec.id)"
      case .shadowed(let target, let by): "\(name) is \(target.spec.id), shadowed by \(by)"
      case .unusable(let diagnostics): "\(name) has \(diagnostics.all.count) problem"
      case .ignored(let reason): "\(name): \(reason)"
      }
    }
    #expect(
      verdicts == [
        "one/.hidden.json: its name begins with a point", "one/aa.json is aa", "one/bb.json has 1 problem",
        "one/notes.txt: its name does not end in .json", "two/aa.json is aa, shadowed by \(first)",
      ])
  }
}
