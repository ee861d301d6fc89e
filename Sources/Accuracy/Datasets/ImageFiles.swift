import CImageDecoding
package import DataRequests
import Foundation
import Synchronization

/// Image files that are decoded and brought to one size when they are needed, and remembered while memory lasts.
package final class ImageFiles: Sendable {
  package let paths: [String]
  private let shape: ImageInput
  private let preprocessing: Preprocessing
  private let cache: DecodedCache

  package var count: Int { paths.count }

  package convenience init(
    _ paths: [String], shape: ImageInput, preprocessing: Preprocessing
  ) {
    self.init(paths, shape: shape, preprocessing: preprocessing, cache: DecodedCache())
  }

  private init(
    _ paths: [String], shape: ImageInput, preprocessing: Preprocessing,
    cache: DecodedCache
  ) {
    self.paths = paths
    self.shape = shape
    self.preprocessing = preprocessing
    self.cache = cache
  }

  /// The files at `indices`, with the same memory of what was decoded.
  func picking(_ indices: [Int]) -> ImageFiles {
    ImageFiles(indices.map { paths[$0] }, shape: shape, preprocessing: preprocessing, cache: cache)
  }

  /// The pixels of the files at `indices`, channel after channel; decoded on all cores.
  ///
  /// Throws the first file's `DatasetError`, in the order of `indices`.
  func bytes(at indices: [Int]) throws(DatasetError) -> [UInt8] {
    let results = Mutex([Result<[UInt8], DatasetError>?](repeating: nil, count: indices.count))
    DispatchQueue.concurrentPerform(iterations: indices.count) { slot in
      let result = Result { () throws(DatasetError) in try image(at: paths[indices[slot]]) }
      results.withLock { $0[slot] = result }
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(indices.count * shape.channels * shape.height * shape.width)
    for result in results.withLock({ $0 }) { bytes += try result!.get() }
    return bytes
  }

  /// Why each file cannot be decoded; nil for one that can.
  static func problems(of paths: [String]) -> [DatasetError?] {
    let problems = Mutex([DatasetError?](repeating: nil, count: paths.count))
    DispatchQueue.concurrentPerform(iterations: paths.count) { index in
      do throws(DatasetError) {
        try DecodingGate.shared.decoding(paths[index]) { _ in }
      } catch {
        problems.withLock { $0[index] = error }
      }
    }
    return problems.withLock { $0 }
  }

  private func image(at path: String) throws(DatasetError) -> [UInt8] {
    if let known = cache[path] { return known }
    do {
      let pixels = try DecodingGate.shared.decoding(path) {
        $0.prepared(preprocessing).planes(channels: shape.channels)
      }
      cache[path] = pixels
      return pixels
    } catch {
      throw .unusable(name: path, reason: "\(error). To leave out such files, add --skip-unreadable")
    }
  }
}

/// What `ImagePreprocessing` means for one network: every size is known.
package struct Preprocessing: Hashable, Sendable {
  /// The shorter side after scaling, in pixels.
  package var resize: Int
  /// Of the square in the middle, in pixels; at most `resize`.
  package var crop: Int
  package var interpolation: ImagePreprocessing.Interpolation

  package init(resize: Int, crop: Int, interpolation: ImagePreprocessing.Interpolation = .bilinear) {
    self.resize = resize
    self.crop = crop
    self.interpolation = interpolation
  }
}

/// Pixels by path, up to a limit; what comes later is decoded anew each time.
private final class DecodedCache: Sendable {
  private static let mostBytes = 1 << 30

  private let pixels = Mutex((byPath: [String: [UInt8]](), bytes: 0))

  subscript(path: String) -> [UInt8]? {
    get { pixels.withLock { $0.byPath[path] } }
    set {
      guard let newValue else { return }
      pixels.withLock {
        guard $0.bytes + newValue.count <= Self.mostBytes, $0.byPath[path] == nil else { return }
        $0.byPath[path] = newValue
        $0.bytes += newValue.count
      }
    }
  }
}
