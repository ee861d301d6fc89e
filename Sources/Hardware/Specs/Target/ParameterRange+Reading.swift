import Core
import Diagnostics

extension TargetSpec {
  /// Ranges by dotted key; each key must be a number in `parameters`, unless these are themselves wrong.
  static func parameterRangesForm(of parameters: [Parameter]?) -> Form<[String: ParameterRange]> {
    Form { value, name, problems in
      guard case .object(let members) = value.content else {
        problems.add("\(name) must be an object, not \(value.phrase)", at: value.place)
        return nil
      }
      let numbers = parameters?.compactMap { if case .number = $0.value { $0.key } else { nil } }
      var ranges: [String: ParameterRange] = [:]
      for member in members {
        if let numbers, !numbers.contains(member.key) {
          problems.add(
            "\"parameters\" has no number \"\(member.key)\"", at: member.keyPlace,
            hint: Suggestion.sentence(for: member.key, among: numbers))
          continue
        }
        ranges[member.key] = range.read(member.value, "\"parameter_ranges.\(member.key)\"", problems)
      }
      return ranges.count == members.count ? ranges : nil
    }
  }

  private static let range = Form<ParameterRange>.object { reader in
    let number = Form<Double>.number(-1e15...1e15, "between -1e15 and 1e15")
    let low = reader.required("low", number)
    let high = reader.required("high", number)
    let step = reader.optional("step", .word(ParameterRange.Step.allCases.map(\.rawValue))).or("real")
    let unit = reader.optional("unit", .text)
    guard let low, let high, let step = step.flatMap(ParameterRange.Step.init(rawValue:)) else { return nil }
    guard let range = ParameterRange(low: low, high: high, step: step, unit: unit.value) else {
      reader.problems.add(
        "\(reader.name) is not a range of \(step.rawValue) values: low must be below high, and both such values",
        at: reader.place)
      return nil
    }
    return range
  }
}
