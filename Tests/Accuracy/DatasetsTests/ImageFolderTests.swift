import DataRequests
import Datasets
import FixtureBuilding
import Foundation
import Testing

/// Folders as people have them: other classes in another split, nested folders, files of other kinds, damaged files.
@Suite("folders of class folders")
struct ImageFolderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A binary grey map of 8x8 pixels of one value.
  private func write(_ path: String, value: UInt8) throws {
    let url = URL(filePath: folder.path(path))
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try (Data("P5 8 8 255\n".utf8) + Data(repeating: value, count: 64)).write(to: url)
  }

  private func load(
    _ source: String, _ change: (inout DataRequest) -> Void = { _ in }
  ) throws -> DataSplits {
    var request = DataRequest(source: folder.path(source))
    request.preprocessing.resize = 8
    change(&request)
    return try DataSplits.load(request, input: ImageInput(channels: 1, height: 8, width: 8))
  }

  private func problem(_ source: String, _ change: (inout DataRequest) -> Void = { _ in }) -> String {
    do {
      _ = try load(source, change)
      return "no problem"
    } catch { return "\(error)" }
  }

  /// The label of each image by its pixels' value.
  private func labels(of images: LabelledImages) throws -> [UInt8: Int32] {
    let batch = try images.batch(at: 0..<images.count)
    return Dictionary(
      (0..<images.count).map { (UInt8((batch.pixels[$0 * 64] * 255).rounded()), images.labels[$0]) },
      uniquingKeysWith: { first, _ in first })
  }

  /// `train` has classes a to d with values 10 to 13, four images each.
  private func writeTraining(_ root: String) throws {
    for (index, name) in ["a", "b", "c", "d"].enumerated() {
      for image in 0..<4 { try write("\(root)/train/\(name)/\(image).pgm", value: UInt8(10 + index)) }
    }
  }

  @Test("images need no class folders where the float network says what is right")
  func withoutClasses() throws {
    for image in 0..<10 { try write("flat/\(image).pgm", value: UInt8(image)) }
    for image in 10..<20 { try write("flat/more/deep/\(image).pgm", value: UInt8(image)) }
    try write("plain/1.pgm", value: 1)
    #expect(problem("plain").contains("need no labels with --objective agreement"))
    let data = try load("flat") { $0.objective = .agreement }
    #expect(data.training.count == 16 && data.validation.count == 2 && data.test.count == 2)
    #expect(data.notes.contains { $0.contains("20 images") })
    #expect(try Set(labels(of: data.training).values) == [0])
    try write("empty/notes.txt", value: 0)
    #expect(problem("empty") { $0.objective = .agreement }.contains("it holds no image"))
  }

  @Test("a split that lacks a class has the labels of the training split")
  func labelsByName() throws {
    try writeTraining("x")
    for (name, value) in [("b", UInt8(21)), ("d", 23)] { try write("x/val/\(name)/1.pgm", value: value) }
    try write("x/test/d/1.pgm", value: 33)
    let data = try load("x")
    // By hand: a to d are 0 to 3 in every split.
    #expect(try labels(of: data.training) == [10: 0, 11: 1, 12: 2, 13: 3])
    #expect(try labels(of: data.validation) == [21: 1, 23: 3])
    #expect(try labels(of: data.test) == [33: 3])
    #expect(data.test.classCount == 4)
    // Data of a split that lies elsewhere, too.
    try write("elsewhere/c/1.pgm", value: 42)
    let other = try load("x") { $0.test = folder.path("elsewhere") }
    #expect(try labels(of: other.test) == [42: 2])
  }

  @Test(
    "val alone is the test split, and validation is drawn from train",
    arguments: ["val", "valid", "validation"])
  func validationAlone(name: String) throws {
    try writeTraining("x")
    try write("x/\(name)/b/1.pgm", value: 21)
    let data = try load("x") { $0.validationShare = 0.25 }
    #expect(try labels(of: data.test) == [21: 1])
    #expect(data.validation.count == 4 && data.training.count == 12)
  }

  @Test("a split with classes that the training split does not have is an error that lists them")
  func strangers() throws {
    try writeTraining("x")
    try write("x/val/b/1.pgm", value: 1)
    try write("x/val/e/1.pgm", value: 1)
    try write("x/val/f/1.pgm", value: 1)
    let text = problem("x")
    #expect(text.contains("x/val cannot be used"))
    #expect(text.contains(#"names "a", "b", "c", "d", and not "e", "f""#))
  }

  @Test("a class list gives the order of classes in every split, and a folder beside it is an error")
  func classList() throws {
    try writeTraining("x")
    let list = try folder.file("list", Array("z\nd\nc\nb\na\n".utf8))
    let data = try load("x") { $0.classList = list }
    #expect(data.training.classCount == 5)
    #expect(Set(try labels(of: data.training).values) == [1, 2, 3, 4])
    let short = try folder.file("short", Array("a\nb\nc\n".utf8))
    #expect(problem("x") { $0.classList = short }.contains(#"and not "d""#))
    let twice = try folder.file("twice", Array("a\nb\na\n".utf8))
    #expect(problem("x") { $0.classList = twice }.contains(#"the class "a" twice"#))
  }

  @Test("named classes beside arrays without names need a class list")
  func namesAgainstNumbers() throws {
    let arrays = try folder.file(
      "images", [0, 0, 8, 3, 0, 0, 0, 12, 0, 0, 0, 8, 0, 0, 0, 8] + Array(repeating: 0, count: 768))
    let labels = try folder.file("labels", [0, 0, 8, 1, 0, 0, 0, 12] + (0..<12).map { UInt8($0 % 2) })
    try write("named/a/1.pgm", value: 1)
    try write("named/b/1.pgm", value: 1)
    var request = DataRequest(source: "\(arrays),\(labels)")
    request.test = folder.path("named")
    request.preprocessing.resize = 8
    let input = ImageInput(channels: 1, height: 8, width: 8)
    let error = #expect(throws: DatasetError.self) { try DataSplits.load(request, input: input) }
    #expect(error?.description.contains("--class-list") == true)
    request.classList = try folder.file("list", Array("a\nb\n".utf8))
    #expect(try DataSplits.load(request, input: input).test.count == 2)
  }

  @Test("images lie at any depth and in any case, and what is left out is counted by kind")
  func census() throws {
    for (path, value) in [
      ("a/1.pgm", 1), ("a/images/2.PGM", 2), ("a/images/deep/3.pgm", 3), ("b/4.ppm.pgm", 4),
    ] {
      try write("x/\(path)", value: UInt8(value))
    }
    for path in ["x/a/notes.txt", "x/a/images/x.gif", "x/b/y.gif", "x/readme", "x/.cache/z.pgm"] {
      try write(path, value: 0)
    }
    let data = try load("x") { ($0.validationShare, $0.testShare) = (0.25, 0.25) }
    #expect(data.training.count + data.validation.count + data.test.count == 4)
    #expect(
      data.notes == [
        "\(folder.path("x")): 4 images (4 .pgm); left out: 2 .gif, 1 .txt, 1 hidden, 1 without a suffix"
      ])
  }

  @Test("a class without an image names what is there instead")
  func emptyClass() throws {
    try write("x/a/1.pgm", value: 1)
    try write("x/b/1.gif", value: 1)
    let text = problem("x")
    #expect(text.contains("x/b cannot be used: it holds no image at any depth"))
    #expect(text.contains(#"but "1.gif""#))
  }

  @Test("a folder of splits without train says what to name")
  func noTrain() throws {
    for split in ["val", "test"] {
      for name in ["a", "b"] { try write("x/\(split)/\(name)/1.pgm", value: 1) }
    }
    #expect(problem("x").contains("it holds test and val, and no train"))
  }

  @Test("a link to a folder above is walked once")
  func loops() throws {
    for image in 0..<10 { try write("x/a/\(image).pgm", value: 1) }
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("x/a/again"), withDestinationPath: folder.path("x/a"))
    #expect(try load("x").training.count == 8)
  }

  @Test("an unreadable image is an error by name, or is left out, counted and named")
  func unreadable() throws {
    for image in 0..<10 { try write("x/a/\(image).pgm", value: 1) }
    let spoilt = folder.path("x/a/spoilt.pgm")
    try Data("P5 8 8 255\nshort".utf8).write(to: URL(filePath: spoilt))
    let all = try load("x") { ($0.validationShare, $0.testShare) = (0.1, 0.1) }
    let error = #expect(throws: DatasetError.self) {
      for part in [all.training, all.validation, all.test] { _ = try part.batch(at: 0..<part.count) }
    }
    #expect(error?.description.contains(spoilt) == true)
    #expect(error?.description.contains("--skip-unreadable") == true)
    let data = try load("x") { $0.skipsUnreadable = true }
    #expect(data.training.count + data.validation.count + data.test.count == 10)
    #expect(data.notes.count == 1 && data.notes[0].contains("left out as unreadable: 1 (\(spoilt)"))
  }
}
