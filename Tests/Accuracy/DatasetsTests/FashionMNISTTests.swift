import Datasets
import FixtureBuilding
import Foundation
import Testing

@Suite struct FashionMNISTTests {
  @Test("50,000 pictures train, 10,000 validate and 10,000 test")
  func sizes() throws {
    // Fails, with the way to install the data, where it is absent.
    let data = try FashionMNIST.load()
    #expect(data.name == "fashion-mnist")
    #expect([data.training, data.validation, data.test].map(\.count) == [50_000, 10_000, 10_000])
    for part in [data.training, data.validation, data.test] {
      #expect(part.channels == 1 && part.height == 28 && part.width == 28 && part.classCount == 10)
      #expect(part.bytes?.count == part.count * 784)
      #expect(Set(part.labels) == Set(0...9))
    }
    // The test set has a thousand of each class (the paper's section 3).
    for label in 0..<10 { #expect(data.test.labels.count { $0 == label } == 1000) }
  }

  @Test("training and validation are the file's pictures, each once and in order")
  func disjoint() throws {
    let data = try FashionMNIST.load()
    let file = try IDXFile(path: FashionMNIST.defaultFolder + "/train-images-idx3-ubyte.gz")
    #expect(try file.bytes == #require(data.training.bytes) + #require(data.validation.bytes))
    let labels = try IDXFile(path: FashionMNIST.defaultFolder + "/train-labels-idx1-ubyte.gz")
    #expect(labels.bytes.map(Int32.init) == data.training.labels + data.validation.labels)
  }

  @Test("an absent data set says what to install")
  func absent() throws {
    let error = #expect(throws: DatasetError.self) { try FashionMNIST.load(from: "/nonexistent/fashion") }
    #expect(
      error?.description
        == "the data set fashion-mnist is not in /nonexistent/fashion. "
        + "Install it with: apt-get install dataset-fashion-mnist")
  }

  @Test("files of other sizes are refused by name")
  func otherSizes() throws {
    let folder = try TemporaryFolder()
    _ = try folder.gzipped("train-images-idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 7])
    _ = try folder.gzipped("train-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 1, 7])
    let error = #expect(throws: DatasetError.self) { try FashionMNIST.load(from: folder.url.path) }
    let path = folder.path("train-images-idx3-ubyte.gz")
    #expect(
      error?.description == "\(path) cannot be used: it holds [1, 1, 1], expected [60000, 28, 28]")
  }
}
