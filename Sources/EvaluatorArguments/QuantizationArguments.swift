public import ArgumentParser
public import Quantization

/// The options that say how values are quantized; `haq` hands them on to its evaluator.
public struct QuantizationArguments: ParsableArguments {
  @Option(help: "Scales of weights: one for each output `channel`, or one for the `tensor`.")
  public var weightScales = WeightGranularity.perChannel

  public init() {}

  /// The same options as words of a command line.
  public var commandLine: [String] { ["--weight-scales", weightScales.rawValue] }
}

extension WeightGranularity: ExpressibleByArgument {}
