import Core

extension TargetSpec {
  /// Nested objects of numbers, texts and Booleans, flattened to dotted keys.
  static let parametersForm = Form<[Parameter]> { value, name, problems in
    guard case .object = value.content else {
      problems.add("\(name) must be an object, not \(value.phrase)", at: value.place)
      return nil
    }
    var leaves: [Parameter] = []
    guard flatten(value, key: nil, into: &leaves, problems: problems) else { return nil }
    return leaves.sorted { Array($0.key.utf8).lexicographicallyPrecedes(Array($1.key.utf8)) }
  }

  private static func isKey(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy {
        $0.isLowerCaseLetter || $0.isUpperCaseLetter || $0.isDigit || $0 == UInt8(ascii: "_")
          || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "/")
      }
  }

  private static func flatten(
    _ value: PositionedValue, key: String?, into leaves: inout [Parameter], problems: Problems
  ) -> Bool {
    let label = key ?? "parameters"
    if key == "clock_hz", let problem = clockProblem(value) {
      problems.add("\"clock_hz\" \(problem)", at: value.place)
      return false
    }
    switch value.content {
    case .object(let members):
      var isGood = true
      for member in members {
        guard isKey(member.key) else {
          problems.add(
            "the parameter key \"\(member.key)\" must be made of letters, digits, _, - and /",
            at: member.keyPlace)
          isGood = false
          continue
        }
        let path = key.map { "\($0).\(member.key)" } ?? member.key
        isGood = flatten(member.value, key: path, into: &leaves, problems: problems) && isGood
      }
      return isGood
    case .number(let number):
      leaves.append(Parameter(key: label, value: .number(number)))
    case .text(let text):
      leaves.append(Parameter(key: label, value: .text(text)))
    case .boolean(let flag):
      leaves.append(Parameter(key: label, value: .number(flag ? 1 : 0)))
    case .list, .null:
      problems.add(
        "the parameter \"\(label)\" must be a number, text, true, false or an object, not \(value.phrase)",
        at: value.place)
      return false
    }
    return true
  }

  /// The one parameter that has a meaning here too: cycles are divided by it.
  private static func clockProblem(_ value: PositionedValue) -> String? {
    guard case .number(let number) = value.content else {
      return "must be a number > 0, not \(value.phrase)"
    }
    return number > 0 ? nil : "is \(PositionedValue.short(number)); it must be a number > 0"
  }
}
