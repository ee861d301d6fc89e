/// Images of one size with their classes, as bytes.
package struct LabelledImages: Sendable {
  package let channels: Int
  package let height: Int
  package let width: Int
  package let classCount: Int
  /// Image after image, channel after channel, row after row.
  package let pixels: [UInt8]
  /// The class of each image, below `classCount`.
  package let labels: [UInt8]

  /// - Precondition: there are as many labels as images, each below `classCount`.
  package init(channels: Int, height: Int, width: Int, classCount: Int, pixels: [UInt8], labels: [UInt8]) {
    precondition(pixels.count == labels.count * channels * height * width)
    precondition(labels.allSatisfy { $0 < classCount })
    self.channels = channels
    self.height = height
    self.width = width
    self.classCount = classCount
    self.pixels = pixels
    self.labels = labels
  }

  package var count: Int { labels.count }
  package var pixelsPerImage: Int { channels * height * width }

  /// The images at the positions of `range`, in order.
  package subscript(range: Range<Int>) -> LabelledImages {
    LabelledImages(
      channels: channels, height: height, width: width, classCount: classCount,
      pixels: Array(pixels[range.lowerBound * pixelsPerImage..<range.upperBound * pixelsPerImage]),
      labels: Array(labels[range]))
  }
}

/// A data set in three disjoint parts.
package struct DataSplits: Sendable {
  package let name: String
  /// For weights, calibration and fine-tuning.
  package let training: LabelledImages
  /// For every decision that a search takes.
  package let validation: LabelledImages
  /// For final reports only.
  package let test: LabelledImages

  package init(name: String, training: LabelledImages, validation: LabelledImages, test: LabelledImages) {
    self.name = name
    self.training = training
    self.validation = validation
    self.test = test
  }
}
