public import ArgumentParser
public import DataRequests

/// The data that accuracy is measured on; `haq` passes these options to its evaluator.
public struct DataArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "fashion-mnist; a pair IMAGES,LABELS of IDX or .npy files; an .npz file; a folder with a folder of JPEG, PNG or "
        + "WebP images for each class; or a folder with the four MNIST files.", valueName: "data"))
  public var data = "fashion-mnist"

  @Option(
    help: ArgumentHelp(
      "What accuracy is: labels (the share of samples whose label is the most likely class), agreement (whose most likely "
        + "class is that of the float network) or divergence (exp(-D), D the mean divergence from the float network's "
        + "class probabilities in nats). The last two need no labels: no class folders, and no arrays of labels in .npz "
        + "files.",
      valueName: "objective"))
  var objective = AccuracyObjective.labels

  @Option(
    help: ArgumentHelp(
      "Separate data for the validation split, in any form of --data. (default: a share of --data)",
      valueName: "data"))
  var validationData: String?

  @Option(
    help: ArgumentHelp(
      "Separate data for the test split, in any form of --data. (default: the test split of --data, else a share of it)",
      valueName: "data"))
  var testData: String?

  @Option(
    help: ArgumentHelp("Share of --data to validate on, 0 to 1, if it has no such split.", valueName: "share")
  )
  var validationShare = 0.1

  @Option(
    help: ArgumentHelp("Share of --data to test on, 0 to 1, if it has no such split.", valueName: "share"))
  var testShare = 0.1

  @Option(help: ArgumentHelp("Seed that assigns samples to splits.", valueName: "n"))
  var splitSeed: UInt64 = 1

  @Option(
    help: ArgumentHelp("Folder of fashion-mnist. (default: that of its system package)", valueName: "folder"))
  public var dataFolder: String?

  @Option(
    help: ArgumentHelp(
      "Number of classes in arrays, 1 to 1000000. (default: the largest label plus 1)", valueName: "n"))
  var classes: Int?

  @Option(
    help: ArgumentHelp(
      "File with the name of a class folder on each line, in the order of the network's outputs. (default: alphabetical)",
      valueName: "file"))
  var classList: String?

  @Flag(
    help: "Decode all image files first and leave out those that cannot be decoded; their names are printed."
  )
  var skipUnreadable = false

  @Option(help: ArgumentHelp("Order of the dimensions in arrays of color images.", valueName: "layout"))
  var layout = ArrayLayout.automatic

  @Option(
    help: ArgumentHelp(
      "Random changes to training images. (default: shift-mirror for fashion-mnist and image files, else none)",
      valueName: "changes"))
  var augmentation: AugmentationKind?

  @Option(
    help: ArgumentHelp(
      "Shorter side of an image file after scaling, in pixels. (default: --crop / 0.875)", valueName: "pixels"
    ))
  var resize: Int?

  @Option(
    help: ArgumentHelp(
      "Side of the square cut from the middle of an image file, in pixels. (default: the network's input)",
      valueName: "pixels"))
  var crop: Int?

  @Option(help: ArgumentHelp("Filter that scales image files.", valueName: "filter"))
  var interpolation = ImagePreprocessing.Interpolation.bilinear

  @Option(
    help: ArgumentHelp(
      "Value subtracted from each channel, whose values are 0 to 1. (default: ImageNet's for color image files, else 0)",
      valueName: "n,n,n"),
    transform: numbers)
  var mean: Numbers?

  @Option(
    help: ArgumentHelp(
      "Value above 0 that then divides each channel. (default: ImageNet's for color image files, else 1)",
      valueName: "n,n,n"),
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
      throw ValidationError("--validation-share and --test-share must be 0 to 1, and their sum less than 1.")
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
    request.skipsUnreadable = skipUnreadable
    request.objective = objective
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
    if skipUnreadable { words.append("--skip-unreadable") }
    if objective != .labels { words += ["--objective", objective.rawValue] }
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
extension AccuracyObjective: ExpressibleByArgument {}
extension ImagePreprocessing.Interpolation: ExpressibleByArgument {}
