import DataRequests
import Foundation

/// Fashion-MNIST: 70,000 grey 28 x 28 pictures of clothing in ten classes.
///
/// Source: Xiao, Rasul, Vollgraf, arXiv 1708.07747; installed by Debian's `dataset-fashion-mnist`.
package enum FashionMNIST {
  package static let name = DataRequest.fashionMNIST
  package static let defaultFolder = DataRequest.fashionMNISTFolder
  private static let debianPackage = "dataset-fashion-mnist"

  /// The first 50,000 training pictures train, the last 10,000 validate, the 10,000 test pictures test.
  package static func load(from folder: String = defaultFolder) throws(DatasetError) -> DataSplits {
    guard FileManager.default.fileExists(atPath: folder) else {
      throw .missing(name: name, folder: folder, package: debianPackage)
    }
    let training = try pictures(in: folder, prefix: "train", count: 60_000)
    let test = try pictures(in: folder, prefix: "t10k", count: 10_000)
    return DataSplits(
      name: name, training: training[0..<50_000], validation: training[50_000..<60_000], test: test)
  }

  private static func pictures(
    in folder: String, prefix: String, count: Int
  ) throws(DatasetError) -> LabelledImages {
    let imagePath = "\(folder)/\(prefix)-images-idx3-ubyte.gz"
    let labelPath = "\(folder)/\(prefix)-labels-idx1-ubyte.gz"
    let images = try IDXFile(path: imagePath)
    let labels = try IDXFile(path: labelPath)
    guard images.dimensions == [count, 28, 28] else {
      throw .malformed(path: imagePath, reason: "it holds \(images.dimensions), expected [\(count), 28, 28]")
    }
    guard labels.dimensions == [count], labels.bytes.allSatisfy({ $0 < 10 }) else {
      throw .malformed(path: labelPath, reason: "it does not hold \(count) labels from 0 to 9")
    }
    return LabelledImages(
      channels: 1, height: 28, width: 28, classCount: 10, pixels: images.bytes,
      labels: labels.bytes.map(Int32.init))
  }
}
