public import ArgumentParser
public import DataRequests

/// The options that say which data accuracy is measured on; `haq` hands them on to its evaluator.
public struct DataArguments: ParsableArguments {
  @Option(
    help: """
      fashion-mnist; a pair of IDX or .npy files IMAGES,LABELS; an .npz file; a folder of class folders of JPEG, PNG or \
      WebP images; or a folder of the four MNIST files.
      """)
  public var data = "fashion-mnist"

  @Option(help: "Data of its own for the validation split. (default: a share of --data)")
  var validationData: String?

  @Option(help: "Data of its own for the test split. (default: what --data has, else a share of it)")
  var testData: String?

  @Option(help: "The share of --data that validates, where it has no such split.")
  var validationShare = 0.1

  @Option(help: "The share of --data that tests, where it has no such split.")
  var testShare = 0.1

  @Option(help: "Fixes which samples go into which split.")
  var splitSeed: UInt64 = 1

  @Option(help: "The folder of fashion-mnist. (default: where its system package puts it)")
  public var dataFolder: String?

  @Option(help: "How many classes arrays have. (default: one more than the largest label)")
  var classes: Int?

  @Option(
    help:
      "A file with one class folder a line, in the order of the network's outputs. (default: alphabetical)")
  var classList: String?

  @Option(help: "Where arrays of colour images have their channels.")
  var layout = ArrayLayout.automatic

  @Option(
    help:
      "How training images vary: none, shift, or shift-mirror. (default: shift-mirror for fashion-mnist and image files, else none)"
  )
  var augmentation: AugmentationKind?

  @Option(help: "The shorter side of image files after scaling, in pixels. (default: the crop / 0.875)")
  var resize: Int?

  @Option(help: "The square cut from the middle of image files, in pixels. (default: the network's input)")
  var crop: Int?

  @Option(help: "How image files are scaled.")
  var interpolation = ImagePreprocessing.Interpolation.bilinear

  @Option(
    help:
      "Subtracted from each channel, as 0...1. (default: ImageNet's for colour image files, else nothing)",
    transform: numbers)
  var mean: Numbers?

  @Option(
    help: "What each channel is divided by. (default: ImageNet's for colour image files, else nothing)",
    transform: numbers)
  var deviation: Numbers?

  public init() {}

  /// Numbers separated by commas.
  struct Numbers {
    var values: [Float]
    var text: String
  }

  private static func numbers(_ text: String) throws -> Numbers {
    let values = text.split(separator: ",", omittingEmptySubsequences: false).compactMap { Float($0) }
    guard values.count == text.split(separator: ",", omittingEmptySubsequences: false).count,
      values.allSatisfy(\.isFinite)
    else { throw ValidationError("\"\(text)\" is not a list of numbers such as 0.485,0.456,0.406.") }
    return Numbers(values: values, text: text)
  }

  public func validate() throws {
    guard (0...1).contains(validationShare), (0...1).contains(testShare), validationShare + testShare < 1
    else {
      throw ValidationError("--validation-share and --test-share must be 0 to 1 and together less than 1.")
    }
    guard deviation?.values.allSatisfy({ $0 > 0 }) ?? true else {
      throw ValidationError("--deviation must be above 0.")
    }
    for (value, option) in [(classes, "--classes"), (resize, "--resize"), (crop, "--crop")] {
      guard value.map({ (1...1_000_000).contains($0) }) ?? true else {
        throw ValidationError("\(option) must be 1 to 1000000.")
      }
    }
  }

  /// What the options ask for.
  public var request: DataRequest {
    var request = DataRequest(source: data)
    (request.validation, request.test, request.folder) = (validationData, testData, dataFolder)
    (request.validationShare, request.testShare, request.splitSeed) = (validationShare, testShare, splitSeed)
    (request.classes, request.classList) = (classes, classList)
    (request.layout, request.augmentation) = (layout, augmentation)
    request.preprocessing.resize = resize
    request.preprocessing.crop = crop
    request.preprocessing.interpolation = interpolation
    (request.mean, request.deviation) = (mean?.values, deviation?.values)
    return request
  }

  /// The same options as words of a command line, those that were not given left out.
  public var commandLine: [String] {
    var words = ["--data", data, "--split-seed", "\(splitSeed)", "--layout", layout.rawValue]
    words += ["--validation-share", "\(validationShare)", "--test-share", "\(testShare)"]
    words += ["--interpolation", interpolation.rawValue]
    let optional: [(String, String?)] = [
      ("--validation-data", validationData), ("--test-data", testData), ("--data-folder", dataFolder),
      ("--classes", classes.map(String.init)), ("--class-list", classList),
      ("--augmentation", augmentation?.rawValue), ("--resize", resize.map(String.init)),
      ("--crop", crop.map(String.init)), ("--mean", mean?.text), ("--deviation", deviation?.text),
    ]
    // One word each: a mean may begin with a minus sign, which would look like an option.
    return words + optional.compactMap { option, value in value.map { "\(option)=\($0)" } }
  }
}

extension ArrayLayout: ExpressibleByArgument {}
extension AugmentationKind: ExpressibleByArgument {}
extension ImagePreprocessing.Interpolation: ExpressibleByArgument {}
