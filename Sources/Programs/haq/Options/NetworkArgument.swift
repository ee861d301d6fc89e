import ArgumentParser
import Core
import Networks
import Specs
import Targets

/// The NETWORK argument and `--batch`, for commands that cost a network.
struct NetworkArgument: ParsableArguments {
  @Argument(
    help:
      "A built-in network (\(Architecture.names.joined(separator: ", "))), an .onnx file, or a .json layer list."
  )
  var network: String

  @OptionGroup(title: OptionTitle.networkAndTarget) private var samples: BatchOption

  var batch: Int? { samples.batch }

  /// The network, for commands that need more of it than its layers.
  func read(inputSize: InputSize? = nil) throws -> NamedNetwork {
    try NamedNetwork(network, inputSize: inputSize)
  }

  /// The layers, at the batch of the command line, else of the file, else of the target.
  func resolve(for target: Target, inputSize: InputSize? = nil) throws -> Network {
    try resolve(defaultBatch: target.spec.batch, inputSize: inputSize)
  }

  /// The layers, at the batch of the command line, else of the file, else the default.
  func resolve(defaultBatch: Int, inputSize: InputSize? = nil) throws -> Network {
    try read(inputSize: inputSize).layers(batch: batch, defaultBatch: defaultBatch)
  }

  /// Throws a `ValidationError` for a batch that no network can have.
  static func check(batch: Int) throws {
    if !(1...NetworkDocument.largestBatch).contains(batch) {
      throw ValidationError("--batch must be 1 to \(NetworkDocument.largestBatch), not \(batch).")
    }
  }
}

/// `--batch`, for commands that cost a network.
struct BatchOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Samples per inference, 1 to \(NetworkDocument.largestBatch). (default: the network file's, else the target's, else 1)",
      valueName: "n"))
  var batch: Int?

  func validate() throws {
    if let batch { try NetworkArgument.check(batch: batch) }
  }
}
