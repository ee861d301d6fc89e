package import Arrays
package import DataRequests

extension LabelledImages {
  /// Images and labels from two arrays.
  ///
  /// - Parameters:
  ///   - images: Grey images (count, height, width), or with channels as `layout` says.
  ///   - labels: (count) or (count, 1), whole numbers from 0; nil gives all images the label 0.
  ///   - classes: How many there are; nil is one more than the largest label.
  package init(
    images: NumPyArray, labels: NumPyArray?, layout: ArrayLayout, classes: Int?, name: String
  ) throws(DatasetError) {
    func unusable(_ reason: String) -> DatasetError { .unusable(name: name, reason: reason) }
    let arrangement = try Self.arrangement(of: images.shape, layout, name: name)
    var classesOfImages = [Int32](repeating: 0, count: arrangement.count)
    if let labels { classesOfImages = try Self.classIndices(labels, name: name) }
    guard classesOfImages.count == arrangement.count else {
      throw unusable("it has \(arrangement.count) images and \(classesOfImages.count) labels")
    }
    let content: Content
    func floats(_ pixels: [Float]) throws(DatasetError) -> Content {
      guard pixels.allSatisfy(\.isFinite) else { throw unusable("some of its pixels are not finite numbers") }
      return .floats(arrangement.channelsFirst(pixels))
    }
    switch images.elements {
    case .bytes(let pixels): content = .bytes(arrangement.channelsFirst(pixels))
    case .floats(let pixels): content = try floats(pixels)
    case .doubles(let pixels): content = try floats(pixels.map { Float($0) })
    case .integers, .naturals:
      throw unusable("its pixels are wide integers; save them as uint8, or as float32")
    }
    try self.init(
      channels: arrangement.channels, height: arrangement.height, width: arrangement.width,
      content: content, labels: classesOfImages, classes: classes, name: name)
  }

  /// Checked labels: throws when one is not below `classes`.
  init(
    channels: Int, height: Int, width: Int, content: Content, labels: [Int32], classes: Int?, name: String
  ) throws(DatasetError) {
    guard let largest = labels.max(), channels * height * width > 0 else {
      throw .unusable(name: name, reason: "it holds no images")
    }
    let classCount = classes ?? Int(largest) + 1
    guard largest < classCount else {
      throw .unusable(
        name: name,
        reason: "it has the label \(largest), but --classes says that labels are 0 to \(classCount - 1)")
    }
    self.init(
      channels: channels, height: height, width: width, classCount: classCount, content: content,
      labels: labels)
  }

  private static func classIndices(_ labels: NumPyArray, name: String) throws(DatasetError) -> [Int32] {
    guard labels.shape.count == 1 || (labels.shape.count == 2 && labels.shape[1] == 1) else {
      throw .unusable(name: name, reason: "its labels have the shape \(labels.shape), not [count]")
    }
    let values: [Int64]
    switch labels.elements {
    case .bytes(let bytes): values = bytes.map(Int64.init)
    case .integers(let integers): values = integers
    case .naturals(let naturals): values = naturals.map { Int64(clamping: $0) }
    case .floats, .doubles: throw .unusable(name: name, reason: "its labels are not whole numbers")
    }
    if let wrong = values.first(where: { !(0..<1_000_000).contains($0) }) {
      throw .unusable(name: name, reason: "it has the label \(wrong); labels are 0 to 999999")
    }
    return values.map(Int32.init)
  }

  private static func arrangement(
    of dimensions: [Int], _ layout: ArrayLayout, name: String
  ) throws(DatasetError) -> Arrangement {
    let (d, isFirst, isLast): ([Int], Bool, Bool)
    switch dimensions.count {
    case 3: return Arrangement(dimensions[0], 1, dimensions[1], dimensions[2], channelsLast: false)
    case 4:
      d = dimensions
      isFirst = [1, 3].contains(d[1])
      isLast = [1, 3].contains(d[3])
    default:
      throw .unusable(
        name: name, reason: "its images have the shape \(dimensions); three or four dimensions are read")
    }
    switch layout {
    case .channelsFirst: return Arrangement(d[0], d[1], d[2], d[3], channelsLast: false)
    case .channelsLast: return Arrangement(d[0], d[3], d[1], d[2], channelsLast: true)
    case .automatic where isFirst && !isLast: return Arrangement(d[0], d[1], d[2], d[3], channelsLast: false)
    case .automatic where isLast && !isFirst: return Arrangement(d[0], d[3], d[1], d[2], channelsLast: true)
    case .automatic:
      throw .unusable(
        name: name,
        reason:
          "of its image shape \(dimensions) it is not clear which dimension is channels; say --layout nchw or nhwc"
      )
    }
  }
}

/// How an array holds images.
private struct Arrangement {
  var count, channels, height, width: Int
  var isChannelsLast: Bool

  init(_ count: Int, _ channels: Int, _ height: Int, _ width: Int, channelsLast: Bool) {
    (self.count, self.channels, self.height, self.width) = (count, channels, height, width)
    isChannelsLast = channelsLast && channels > 1
  }

  func channelsFirst<Pixel>(_ pixels: [Pixel]) -> [Pixel] {
    guard isChannelsLast else { return pixels }
    let plane = height * width
    var turned = pixels
    for image in 0..<count {
      let start = image * plane * channels
      for position in 0..<plane {
        for channel in 0..<channels {
          turned[start + channel * plane + position] = pixels[start + position * channels + channel]
        }
      }
    }
    return turned
  }
}
