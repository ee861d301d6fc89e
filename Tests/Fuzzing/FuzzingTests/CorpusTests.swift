import FixtureBuilding
import Foundation
import FuzzProperties
import RandomNumbers
import Testing

/// What fuzzing found interesting, tried again by every run of the tests.
@Suite("The corpora of fuzzing")
struct CorpusTests {
  /// The files of a folder, without those of the folders in it.
  private func inputs(_ folder: String) throws -> [(path: String, bytes: Data)] {
    let folder = URL(filePath: "\(Places.package)/\(folder)")
    return try FileManager.default
      .contentsOfDirectory(at: folder, includingPropertiesForKeys: [.isRegularFileKey])
      .filter { try $0.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true }
      .sorted { $0.path < $1.path }.map { ($0.path, try Data(contentsOf: $0)) }
  }

  @Test(
    "hold nothing that confuses the reader of specs",
    arguments: [
      "Tests/Fuzzing/Corpora/specs", "Tests/Fixtures/specs/good", "Tests/Fixtures/specs/bad",
      "hardware-specs",
    ])
  func specs(folder: String) throws {
    let inputs = try inputs(folder)
    #expect(!inputs.isEmpty)
    for (path, bytes) in inputs { #expect(FuzzedSpec.problem(with: bytes) == nil, "\(path)") }
  }

  @Test("hold nothing that confuses the reader of networks")
  func networks() throws {
    let inputs = try inputs("Tests/Fuzzing/Corpora/networks")
    #expect(!inputs.isEmpty)
    for (path, bytes) in inputs { #expect(FuzzedNetwork.problem(with: bytes) == nil, "\(path)") }
  }

  @Test("hold nothing that confuses the readers of studies")
  func studies() throws {
    let study = try FuzzedStudy()
    let inputs = try inputs("Tests/Fuzzing/Corpora/studies")
    #expect(!inputs.isEmpty)
    for (path, bytes) in inputs { #expect(study.problem(with: Array(bytes)) == nil, "\(path)") }
  }

  /// HAQ_STUDY_CHANGES=10000 tries as many that nobody tried before; an input that ends the process is left in a file.
  @Test("are not all: random changes to a study confuse no reader")
  func randomStudies() throws {
    let wanted = ProcessInfo.processInfo.environment["HAQ_STUDY_CHANGES"].flatMap(Int.init)
    var generator = SeededGenerator(seed: wanted == nil ? 1 : .random(in: 0 ... .max))
    let study = try FuzzedStudy()
    for _ in 0..<(wanted ?? 100) {
      let length = Int.random(in: 5...40, using: &generator)
      let input = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
      if wanted != nil { try Data(input).write(to: .temporaryDirectory.appending(path: "study-input")) }
      #expect(study.problem(with: input) == nil, "\(input)")
    }
  }

  @Test("hold nothing that confuses the readers of arrays")
  func arrays() throws {
    let arrays = try FuzzedArrays()
    let inputs = try inputs("Tests/Fuzzing/Corpora/arrays")
    #expect(!inputs.isEmpty)
    for (path, bytes) in inputs {
      let problem = arrays.problem(with: Array(bytes))
      #expect(problem == nil, "\(path)")
    }
  }

  @Test("hold nothing that confuses the reader of frames")
  func frames() throws {
    let inputs = try inputs("Tests/Fuzzing/Corpora/frames")
    #expect(!inputs.isEmpty)
    for (path, bytes) in inputs { #expect(FuzzedFrame.problem(with: Array(bytes)) == nil, "\(path)") }
  }
}
