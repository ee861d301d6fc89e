import CImageDecoding
import Foundation

/// A picture as rows of red, green and blue bytes.
package struct DecodedImage: Hashable, Sendable {
  package var width: Int
  package var height: Int
  /// Row after row, three bytes a pixel.
  package var rgb: [UInt8]

  package init(width: Int, height: Int, rgb: [UInt8]) {
    precondition(rgb.count == width * height * 3)
    self.width = width
    self.height = height
    self.rgb = rgb
  }

  /// Larger pictures are refused rather than decoded: a small file can claim any size.
  static let mostPixels = 100_000_000

  /// Decodes an image file, recognised by its first bytes.
  ///
  /// Throws `DatasetError` naming the file when it cannot be read, is damaged or too large.
  package init(path: String) throws(DatasetError) {
    try self.init(try ImageBytes(path: path))
  }

  init(_ file: ImageBytes) throws(DatasetError) {
    let (path, bytes) = (file.path, file.bytes)
    var image = decoded_image()
    var reason = [CChar](repeating: 0, count: 256)
    let succeeded = bytes.withUnsafeBytes { buffer in
      image_decode(
        buffer.bindMemory(to: UInt8.self).baseAddress, buffer.count, Int64(Self.mostPixels), &image, &reason)
    }
    guard succeeded != 0 else {
      let text = String(decoding: reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      throw .malformed(path: path, reason: text)
    }
    defer { image_release(&image) }
    width = Int(image.width)
    height = Int(image.height)
    // The decoder gave exactly this many bytes.
    rgb = Array(UnsafeBufferPointer(start: image.rgb, count: width * height * 3))
  }

  /// The shorter side scaled to `resize`, then the square in the middle: torchvision's Resize and CenterCrop.
  package func prepared(_ preprocessing: Preprocessing) -> DecodedImage {
    let size = preprocessing.resize
    let (newWidth, newHeight) =
      width <= height ? (size, size * height / width) : (size * width / height, size)
    return resized(
      width: newWidth, height: newHeight, columns: Self.centre(preprocessing.crop, of: newWidth),
      rows: Self.centre(preprocessing.crop, of: newHeight), by: preprocessing.interpolation)
  }

  /// The part of `side` in the middle; half pixels go to the even side, as Python rounds.
  private static func centre(_ side: Int, of size: Int) -> Range<Int> {
    let first = Int((Double(size - side) / 2).rounded(.toNearestOrEven))
    return first..<first + side
  }

  /// Channel after channel: red, green and blue, or one of brightness.
  ///
  /// Brightness is that of ITU-R BT.601 in the fixed point of Pillow's conversion to grey.
  package func planes(channels: Int) -> [UInt8] {
    let count = width * height
    var planes = [UInt8](repeating: 0, count: channels * count)
    for pixel in 0..<count {
      let (red, green, blue) = (rgb[3 * pixel], rgb[3 * pixel + 1], rgb[3 * pixel + 2])
      if channels == 1 {
        let brightness = Int(red) * 19595 + Int(green) * 38470 + Int(blue) * 7471
        planes[pixel] = UInt8((brightness + 0x8000) >> 16)
      } else {
        planes[pixel] = red
        planes[count + pixel] = green
        planes[2 * count + pixel] = blue
      }
    }
    return planes
  }
}
