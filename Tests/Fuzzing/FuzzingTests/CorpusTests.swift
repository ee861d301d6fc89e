import FixtureBuilding
import Foundation
import FuzzProperties
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

  @Test("hold nothing that confuses the reader of frames")
  func frames() throws {
    let inputs = try inputs("Tests/Fuzzing/Corpora/frames")
    #expect(!inputs.isEmpty)
    for (path, bytes) in inputs { #expect(FuzzedFrame.problem(with: Array(bytes)) == nil, "\(path)") }
  }
}
