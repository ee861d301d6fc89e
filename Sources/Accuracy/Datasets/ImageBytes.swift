import CImageDecoding
import Foundation

/// The content of an image file, before it is decoded.
struct ImageBytes {
  let path: String
  let bytes: Data

  /// The largest file that is read, in bytes.
  private static let sizeLimit = 512 << 20

  init(path: String) throws(DatasetError) {
    self.path = path
    bytes = try BoundedFile.read(path, limit: Self.sizeLimit)
  }

  /// The pixels that the header claims; nil where it cannot be read.
  var pixels: Int? {
    bytes.withUnsafeBytes { buffer in
      var (width, height): (Int32, Int32) = (0, 0)
      guard image_size(buffer.bindMemory(to: UInt8.self).baseAddress, buffer.count, &width, &height) != 0
      else { return nil }
      return Int(width) * Int(height)
    }
  }
}

/// Lets threads decode at one time what takes no more memory together than the largest picture alone.
///
/// `@unchecked Sendable`: the pixels are read and changed under the condition's lock.
package final class DecodingGate: @unchecked Sendable {
  package static let shared = DecodingGate()

  private let condition = NSCondition()
  private var pixels = 0

  /// Decodes a file, when there is room for its pixels, and makes something smaller of it.
  package func decoding<Result>(
    _ path: String, _ body: (DecodedImage) -> Result
  ) throws(DatasetError) -> Result {
    let file = try ImageBytes(path: path)
    let claimed = min(file.pixels ?? 0, DecodedImage.mostPixels)
    condition.withLock {
      while pixels > 0, pixels + claimed > DecodedImage.mostPixels { condition.wait() }
      pixels += claimed
    }
    defer {
      condition.withLock {
        pixels -= claimed
        condition.broadcast()
      }
    }
    return body(try DecodedImage(file))
  }
}
