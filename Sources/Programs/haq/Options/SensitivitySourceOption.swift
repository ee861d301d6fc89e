public import ArgumentParser
public import PrecisionSearch

/// `--sensitivities`.
struct SensitivitySourceOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Where sensitivities come from: measured (a quantized network is run for each layer, operand and width), or \
      estimated (the evaluator estimates all of them from gradients, and a search measures those that its solution \
      depends on).
      """, valueName: "source"))
  var sensitivities = SensitivitySource.measured
}

extension SensitivitySource: ExpressibleByArgument {}
