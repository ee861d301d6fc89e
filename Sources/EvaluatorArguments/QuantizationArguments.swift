public import ArgumentParser
public import Networks
public import Quantization

/// The options that say how values are quantized; `haq` hands them on to its evaluator.
public struct QuantizationArguments: ParsableArguments {
  @Option(help: "Scales of weights: one for each output `channel`, or one for the `tensor`.")
  public var weightScales = WeightGranularity.perChannel

  @Option(
    help:
      "What a policy does to quantizers that the network's file has itself: `keep` refuses one, `remove` replaces them."
  )
  public var fileQuantizers = FileQuantizers.keep

  public init() {}

  /// The same options as words of a command line.
  public var commandLine: [String] {
    ["--weight-scales", weightScales.rawValue, "--file-quantizers", fileQuantizers.rawValue]
  }
}

extension WeightGranularity: ExpressibleByArgument {}

/// What becomes of the quantizers that a network's file has itself.
public enum FileQuantizers: String, ExpressibleByArgument, CaseIterable, Sendable {
  /// They are measured as they are; a policy, which would quantize twice, is refused.
  case keep
  /// Values stay floats until a policy quantizes them; weights keep the numbers of the file.
  case remove

  /// The graph with or without them.
  public func applied(to graph: Graph) -> Graph { self == .keep ? graph : graph.withoutQuantizers() }
}
