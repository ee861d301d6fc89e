import Core
import CostPrograms
import FixtureBuilding
import Foundation
import Testing

@Suite("Recorded answers") struct AnswerFileTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path("x.answers") }
  private let one = CostQuestion(points([1])[0], batch: 1)
  private let two = CostQuestion(points([2])[0], batch: 1)
  private let answer = CostAnswer(.cost(["latency_s": 0.1]), spread: 0.25, repetitions: 7, leastSeconds: 0.05)

  init() throws { folder = try TemporaryFolder() }

  private func setup(device: String = "d", file: String = "") -> AnswerSetup {
    AnswerSetup(
      ProgramDescription(
        program: "p", device: device, layers: ["matmul"], precisions: ["W8A8"], metrics: ["latency_s"],
        measured: true),
      CostProgramLaunch(words: ["a", "b"], executable: "/a", folder: "/"), files: ["b": file])
  }

  private func file(_ setup: AnswerSetup? = nil) throws -> AnswerFile {
    try AnswerFile(
      path: path, contents: try? Data(contentsOf: URL(filePath: path)), setup: setup ?? self.setup())
  }

  @Test("are there in the next run, bit for bit, with their time")
  func recorded() throws {
    let date = Date(timeIntervalSince1970: 1_700_000_000)
    do {
      let file = try file()
      #expect(file[one] == nil)
      try file.record(answer, to: one, at: date)
      try file.record(CostAnswer(.unsupported("why")), to: two, at: date)
    }
    let again = try file()
    // 2023-11-14T22:13:20Z by `date -u -d @1700000000`.
    #expect(again[one]?.answer == answer)
    #expect(again[one]?.at == "2023-11-14T22:13:20Z")
    #expect(again[two]?.answer.outcome == .unsupported("why"))
    #expect(again[CostQuestion(points([1])[0], batch: 2)] == nil)
    #expect(again[CostQuestion(points([1], Precision("W4A4")!)[0], batch: 1)] == nil)
  }

  @Test("of another device or other files are not used, and stay")
  func otherSetups() throws {
    try file().record(answer, to: one)
    #expect(try file(setup(device: "e"))[one] == nil)
    try file(setup(file: "changed")).record(CostAnswer(.unsupported("y")), to: one)
    #expect(try file()[one]?.answer == answer)
    #expect(try file(setup(file: "changed"))[one]?.answer.outcome == .unsupported("y"))
  }

  @Test("lose nothing but the last line, wherever a killed program stopped writing")
  func torn() throws {
    try file().record(answer, to: one)
    try file().record(answer, to: two)
    let whole = try Data(contentsOf: URL(filePath: path))
    let lines = whole.split(separator: UInt8(ascii: "\n"))
    #expect(lines.count == 3)
    let kept = lines[0].count + lines[1].count + 2
    for end in stride(from: 0, through: whole.count, by: 7) {
      try whole.prefix(end).write(to: URL(filePath: path))
      let reader = try file()
      #expect((reader[one] != nil) == (end >= kept - 1))
      #expect((reader[two] != nil) == (end >= whole.count - 1))
      // What is added behind half a line is whole.
      let three = CostQuestion(points([3])[0], batch: 1)
      try reader.record(answer, to: three)
      let later = try file()
      #expect(later[three]?.answer == answer)
      #expect((later[one] != nil) == (end >= kept - 1))
    }
  }

  @Test("with a changed bit count as absent")
  func flipped() throws {
    try file().record(answer, to: one)
    let whole = try Data(contentsOf: URL(filePath: path))
    let start = try #require(whole.firstIndex(of: UInt8(ascii: "\n"))) + 1
    for place in stride(from: start, to: whole.count - 1, by: 3) {
      var bytes = whole
      bytes[place] ^= 1
      try bytes.write(to: URL(filePath: path))
      #expect(try file()[one] == nil, "\(place)")
    }
  }

  @Test("of two commands at a time are both kept")
  func together() throws {
    let (first, second) = (try file(), try file())
    for inputs in 1...50 {
      try (inputs.isMultiple(of: 2) ? first : second).record(
        answer, to: CostQuestion(points([inputs])[0], batch: 1))
    }
    let all = try file()
    for inputs in 1...50 { #expect(all[CostQuestion(points([inputs])[0], batch: 1)] != nil) }
  }

  @Test("are not written into a file of something else")
  func foreign() throws {
    try folder.write("layer,latency_s\nstem,0.1\n", to: "x.answers")
    let error = try programError { _ = try file() }
    #expect(error == .notAnswers(path: path))
  }

  @Test("in a folder without them are an error that says what to do")
  func unwritable() throws {
    let file = try AnswerFile(path: folder.path("none/x.answers"), contents: nil, setup: setup())
    let error = try programError { try file.record(answer, to: one) }
    #expect(error?.description.contains("No such file or directory. Copy the folder of the spec") == true)
  }
}
