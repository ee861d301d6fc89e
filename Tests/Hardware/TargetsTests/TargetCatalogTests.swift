import Diagnostics
import FixtureBuilding
import Specs
import Targets
import Testing

struct TargetCatalogTests {
  private func catalog(_ places: [String], origin: SearchPath.Origin = .systemData) throws -> TargetCatalog {
    try TargetCatalog(
      searching: SearchPath(places: places.map { .init(path: $0, origin: origin) }), program: "/none/bin/haq")
  }

  @Test("folders in order, names sorted bytewise, first id wins")
  func order() throws {
    let folder = try TemporaryFolder()
    try folder.writeSpec("bb", in: "one")
    try folder.writeSpec("ab", in: "one")
    try folder.writeSpec("a-", in: "one")
    let hidden = try folder.writeSpec("bb", in: "two", name: "Hidden")
    try folder.writeSpec("aa", in: "two")
    try folder.writeSpec("deep", in: "two/nested")
    try folder.write("not a spec", to: "two/notes.txt")
    let catalog = try catalog(["one", "two", "absent"].map { "\(folder.path)/\($0)" })
    // "-" is 0x2D, before every letter.
    #expect(catalog.targets.map(\.spec.id) == ["a-", "ab", "bb", "aa"])
    #expect(catalog.shadowed.map(\.file) == [hidden])
    #expect(catalog.shadowed.map(\.by) == ["\(folder.path)/one/bb.json"])
    #expect(try catalog.target("bb").spec.name == "A target")
  }

  @Test("an unknown id lists what exists, where it looked, and what was probably meant")
  func unknown() throws {
    let folder = try TemporaryFolder()
    try folder.writeSpec("bismo-large", in: "specs")
    let thrown = #expect(throws: TargetError.self) {
      try catalog(["\(folder.path)/specs"]).target("bismo-larg")
    }
    let text = try #require(thrown).description
    #expect(text.contains("Did you mean \"bismo-large\"?"))
    #expect(text.contains("\(folder.path)/specs"))
  }

  @Test("a bad spec hides no good one, and choosing it reports its problems")
  func unusable() throws {
    let folder = try TemporaryFolder()
    try folder.writeSpec("good", in: "specs")
    try folder.write("{", to: "specs/bad.json")
    let catalog = try catalog(["\(folder.path)/specs"])
    #expect(catalog.targets.map(\.spec.id) == ["good"])
    #expect(catalog.unusable.map(\.file) == ["\(folder.path)/specs/bad.json"])
    #expect(throws: Diagnostics.self) { try catalog.target("bad") }
  }

  @Test("a bad spec is not silently replaced by a later good one of its name")
  func noFallback() throws {
    let folder = try TemporaryFolder()
    try folder.write("{", to: "one/same.json")
    try folder.writeSpec("same", in: "two")
    #expect(throws: Diagnostics.self) {
      try catalog(["\(folder.path)/one", "\(folder.path)/two"]).target("same")
    }
    #expect(try catalog(["\(folder.path)/two", "\(folder.path)/one"]).target("same").spec.id == "same")
  }

  @Test("a place that the user named must exist")
  func missingPlace() throws {
    let thrown = #expect(throws: TargetError.self) { try catalog(["/no/such/folder"], origin: .replaced) }
    #expect(
      thrown?.description
        == "HAQ_TARGETS names \"/no/such/folder\", which does not exist. Correct or unset it.")
  }

  @Test("a path chooses a file that is on no search path")
  func path() throws {
    let folder = try TemporaryFolder()
    let file = try folder.writeSpec("mine", in: "specs")
    #expect(try catalog([]).target(file).spec.id == "mine")
  }
}
