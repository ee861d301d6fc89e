import Core
import Diagnostics
import Specs
public import Targets

/// A parameter that the user wants to fit, with its range if the spec does not state it.
public struct RequestedParameter: Equatable, Sendable {
  public var key: String
  var bounds: ClosedRange<Double>?
  var step: ParameterRange.Step?

  /// Reads `clock_hz`, `clock_hz=50e6:1e9` or `array.rows=4:64:power-of-two`; nil for other forms.
  public init?(_ text: String) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let key = parts.first, !key.isEmpty else { return nil }
    self.key = String(key)
    guard parts.count == 2 else { return }
    let numbers = parts[1].split(separator: ":", omittingEmptySubsequences: false)
    guard (2...3).contains(numbers.count), let low = Double(numbers[0]), let high = Double(numbers[1]),
      low < high
    else { return nil }
    bounds = low...high
    if numbers.count == 3 {
      let word = numbers[2] == "pow2" ? ParameterRange.Step.powerOfTwo.rawValue : String(numbers[2])
      guard let step = ParameterRange.Step(rawValue: word) else { return nil }
      self.step = step
    }
  }

  /// The parameter of `target`; throws a `Diagnostic` when it is no number or has no range.
  public func parameter(of target: Target) throws -> FreeParameter {
    let spec = target.spec
    let numbers = spec.parameters.compactMap { if case .number = $0.value { $0.key } else { nil } }
    guard numbers.contains(key) else {
      throw Diagnostic(
        "the spec of target \"\(spec.id)\" has no number \"\(key)\" in its parameters; it has "
          + numbers.joined(separator: ", "), at: .init(file: target.file),
        hint: Suggestion.sentence(for: key, among: numbers))
    }
    let stated = spec.parameterRanges[key]
    guard let bounds else {
      guard let stated else {
        throw Diagnostic(
          "nothing says what values \"\(key)\" may have", at: .init(file: target.file),
          hint: "Write --fit \(key)=LOW:HIGH, with :whole or :power-of-two if only such values exist.")
      }
      return FreeParameter(key: key, range: stated)
    }
    let step = step ?? stated?.step ?? .real
    guard
      let range = ParameterRange(
        low: bounds.lowerBound, high: bounds.upperBound, step: step, unit: stated?.unit)
    else {
      throw Diagnostic(
        "\(bounds.lowerBound) to \(bounds.upperBound) is no range of \(step.rawValue) values for \"\(key)\"")
    }
    return FreeParameter(key: key, range: range)
  }
}
