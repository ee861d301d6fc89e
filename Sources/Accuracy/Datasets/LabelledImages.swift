package import DataRequests

/// Images of one size with their classes.
package struct LabelledImages: Sendable {
  package let channels: Int
  package let height: Int
  package let width: Int
  package let classCount: Int
  package let content: Content
  /// The order of dimensions in batches.
  package var layout = ImageInput.Layout.channelsFirst
  /// Applied after bytes have become shares of white.
  package var normalization = Normalization.none
  /// How the images may be varied in training without changing their class.
  package var augmentation = AugmentationKind.shiftAndMirror
  /// The class of each image, below `classCount`.
  package let labels: [Int32]

  /// Where the pixels are; always image after image, channel after channel, row after row.
  package enum Content: Sendable {
    case bytes([UInt8])
    case floats([Float])
    /// Read and decoded when they are needed.
    case files(ImageFiles)
  }

  /// - Precondition: there are as many labels as images, each from 0 to below `classCount`.
  package init(
    channels: Int, height: Int, width: Int, classCount: Int, content: Content, labels: [Int32]
  ) {
    let expected = labels.count * channels * height * width
    switch content {
    case .bytes(let pixels): precondition(pixels.count == expected)
    case .floats(let pixels): precondition(pixels.count == expected)
    case .files(let files): precondition(files.count == labels.count)
    }
    precondition(labels.allSatisfy { (0..<Int32(classCount)).contains($0) })
    self.channels = channels
    self.height = height
    self.width = width
    self.classCount = classCount
    self.content = content
    self.labels = labels
  }

  /// Images as bytes.
  package init(channels: Int, height: Int, width: Int, classCount: Int, pixels: [UInt8], labels: [Int32]) {
    self.init(
      channels: channels, height: height, width: width, classCount: classCount, content: .bytes(pixels),
      labels: labels)
  }

  package var count: Int { labels.count }
  package var pixelsPerImage: Int { channels * height * width }
  /// What a network must take to be given these images.
  package var input: ImageInput {
    ImageInput(channels: channels, height: height, width: width, layout: layout)
  }

  /// The images at the positions of `range`, in order.
  package subscript(range: Range<Int>) -> LabelledImages {
    let pixels = range.lowerBound * pixelsPerImage..<range.upperBound * pixelsPerImage
    let part: Content =
      switch content {
      case .bytes(let bytes): .bytes(Array(bytes[pixels]))
      case .floats(let floats): .floats(Array(floats[pixels]))
      case .files(let files): .files(files.picking(Array(range)))
      }
    return with(labels: Array(labels[range]), content: part)
  }

  /// The images at `indices`, in that order.
  package func picking(_ indices: [Int]) -> LabelledImages {
    func pick<Element>(_ values: [Element]) -> [Element] {
      indices.flatMap { values[$0 * pixelsPerImage..<($0 + 1) * pixelsPerImage] }
    }
    let part: Content =
      switch content {
      case .bytes(let bytes): .bytes(pick(bytes))
      case .floats(let floats): .floats(pick(floats))
      case .files(let files): .files(files.picking(indices))
      }
    return with(labels: indices.map { labels[$0] }, content: part)
  }

  /// The same images with other classes.
  ///
  /// - Precondition: there is a label for each, from 0 to below `classCount`.
  package func relabelled(_ labels: [Int32], classCount: Int) -> LabelledImages {
    with(labels: labels, content: content, classCount: classCount)
  }

  private func with(labels: [Int32], content: Content, classCount: Int? = nil) -> LabelledImages {
    var images = LabelledImages(
      channels: channels, height: height, width: width, classCount: classCount ?? self.classCount,
      content: content,
      labels: labels)
    images.layout = layout
    images.normalization = normalization
    images.augmentation = augmentation
    return images
  }
}

/// What is subtracted from each channel and what the difference is divided by.
package struct Normalization: Hashable, Sendable {
  /// One for each channel, or empty for none.
  package let mean: [Float]
  package let deviation: [Float]

  /// - Precondition: as many deviations as means, all deviations above zero.
  package init(mean: [Float], deviation: [Float]) {
    precondition(mean.count == deviation.count && deviation.allSatisfy { $0 > 0 })
    self.mean = mean
    self.deviation = deviation
  }

  package static let none = Normalization(mean: [], deviation: [])
}
