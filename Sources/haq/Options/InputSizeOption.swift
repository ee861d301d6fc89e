import ArgumentParser
import Networks

/// `--input-size`, for commands that need shapes alone.
struct InputSizeOption: ParsableArguments {
  @Option(
    help: ArgumentHelp("Height and width of the images instead of the network's own.", valueName: "HxW"),
    transform: Self.size)
  var inputSize: InputSize?

  private static func size(_ text: String) throws -> InputSize {
    guard let size = InputSize(text) else {
      throw ValidationError("\"\(text)\" is no image size; write 224, or 224x160 for height and width.")
    }
    return size
  }
}
