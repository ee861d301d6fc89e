/// Which labelled images accuracy is measured on, as the user wrote it; nothing is read yet.
public struct DataRequest: Hashable, Sendable {
  /// `fashion-mnist`, an IDX or NumPy pair "IMAGES,LABELS", an .npz file, or a folder.
  public var source: String
  /// What accuracy means.
  public var objective = AccuracyObjective.labels
  /// Separate data for a split, in the same forms; nil takes a share of the source.
  public var validation: String?
  public var test: String?
  /// Where `fashion-mnist` lies; nil looks where its system package puts it.
  public var folder: String?
  /// The share taken from a source that has no such split.
  public var validationShare = 0.1
  public var testShare = 0.1
  /// Fixes which samples are taken.
  public var splitSeed: UInt64 = 1
  /// How many classes there are; nil is one more than the largest label.
  public var classes: Int?
  /// A file with one class folder a line, in the order of the network's outputs; nil takes alphabetical order.
  public var classList: String?
  /// Whether images that cannot be decoded are left out, counted and named; else the first is an error.
  public var skipsUnreadable = false
  public var layout = ArrayLayout.automatic
  /// Nil takes what suits the source.
  public var augmentation: AugmentationKind?
  public var preprocessing = ImagePreprocessing()
  /// Subtracted and divided by, for each channel, after bytes have become 0...1; nil takes what suits the source.
  public var mean: [Float]?
  public var deviation: [Float]?

  public init(source: String) { self.source = source }

  /// The source that is Fashion-MNIST.
  public static let fashionMNIST = "fashion-mnist"
  /// Where Debian's `dataset-fashion-mnist` puts it.
  public static let fashionMNISTFolder = "/usr/share/datasets/fashion-mnist"
}

/// The order of dimensions in arrays of images.
public enum ArrayLayout: String, Hashable, Sendable, CaseIterable {
  /// By which dimension can only be channels.
  case automatic = "auto"
  case channelsFirst = "nchw"
  case channelsLast = "nhwc"
}

/// How training images are varied, while a network is trained or fine-tuned.
public enum AugmentationKind: String, Hashable, Sendable, CaseIterable {
  case none
  /// By up to two pixels each way.
  case shift
  /// The same, and every second one mirrored.
  case shiftAndMirror = "shift-mirror"
}

/// From an image file to the network's input size, as ImageNet classifiers are measured.
public struct ImagePreprocessing: Hashable, Sendable {
  /// The shorter side after scaling, in pixels; nil is the crop divided by 0.875.
  public var resize: Int?
  /// The side of the square cut from the middle, in pixels; nil is the network's input size.
  public var crop: Int?
  public var interpolation = Interpolation.bilinear

  /// The filter of scaling, both with a support that grows when an image shrinks.
  public enum Interpolation: String, Hashable, Sendable, CaseIterable {
    case bilinear
    case bicubic
  }

  public init() {}

  /// The customary statistics of ImageNet's training images, red, green and blue.
  public static let imageNetMean: [Float] = [0.485, 0.456, 0.406]
  public static let imageNetDeviation: [Float] = [0.229, 0.224, 0.225]
}
