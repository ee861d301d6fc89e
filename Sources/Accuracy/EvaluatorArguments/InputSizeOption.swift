public import ArgumentParser
public import Networks

/// `--input-size`: the images of a network that takes several sizes.
public struct InputSizeOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Height and width of the images in pixels, such as 224 or 224x160. (default: the network's own)",
      valueName: "HxW"),
    transform: Self.size)
  public var inputSize: InputSize?

  public init() {}

  private static func size(_ text: String) throws -> InputSize {
    guard let size = InputSize(text) else {
      throw ValidationError("\"\(text)\" is not an image size; write 224, or 224x160 for height and width.")
    }
    return size
  }
}

extension InputSize {
  /// The option that `InputSizeOption` reads back.
  public var commandLine: [String] { ["--input-size", "\(height)x\(width)"] }
}
