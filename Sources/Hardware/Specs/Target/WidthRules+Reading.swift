import Core

extension Form<WidthRules.OtherWidths> {
  static var otherWidths: Form {
    Form<String>.word(WidthRules.OtherWidths.allCases.map(\.rawValue)).then { word, _, _, _ in
      WidthRules.OtherWidths(rawValue: word)
    }
  }
}

extension Form<WidthRules.Pairs> {
  /// `"all"`, `"equal"`, or a list such as `["W4A4", "W8A8"]`; no width may be left without a partner.
  ///
  /// The widths are nil when the spec's lists are themselves wrong; then pairs are not compared with them.
  static func pairs(weightWidths: [BitWidth]?, activationWidths: [BitWidth]?) -> Form {
    Form { value, name, problems in
      guard let pairs = read(value, name, problems) else { return nil }
      guard let weightWidths, let activationWidths else { return pairs }
      var isGood = true
      func report(_ problem: String) {
        problems.add("\(name) \(problem)", at: value.place)
        isGood = false
      }
      if case .listed(let listed) = pairs {
        for pair in listed.sorted(by: { ($0.weight, $0.activation) < ($1.weight, $1.activation) }) {
          if !weightWidths.contains(pair.weight) {
            report("has \(pair), but \"weight_bits\" has no \(pair.weight)")
          }
          if !activationWidths.contains(pair.activation) {
            report("has \(pair), but \"activation_bits\" has no \(pair.activation)")
          }
        }
      }
      for weight in weightWidths
      where !activationWidths.contains(where: { pairs.allows(Precision(weight: weight, activation: $0)) }) {
        report("leaves weights of \(weight) bits without activations")
      }
      for activation in activationWidths
      where !weightWidths.contains(where: { pairs.allows(Precision(weight: $0, activation: activation)) }) {
        report("leaves activations of \(activation) bits without weights")
      }
      return isGood ? pairs : nil
    }
  }

  private static func read(
    _ value: PositionedValue, _ name: String, _ problems: Problems
  ) -> WidthRules.Pairs? {
    switch value.content {
    case .text:
      let word = Form<String>.word(["all", "equal"]).read(value, name, problems)
      return word.map { $0 == "all" ? .all : .equal }
    case .list:
      return Form<[Precision]>.list(of: .precision, count: 1...Int.max).read(value, name, problems).map {
        .listed(Set($0))
      }
    default:
      problems.add(
        "\(name) must be \"all\", \"equal\" or a list of pairs such as \"W4A8\", not \(value.phrase)",
        at: value.place)
      return nil
    }
  }
}

extension Form<WidthRules.Ends> {
  /// A pair for both ends, or an object with one for either.
  static var ends: Form {
    Form { value, name, problems in
      guard case .object = value.content else {
        return Form<Precision>.precision.read(value, name, problems).map {
          WidthRules.Ends(first: $0, last: $0)
        }
      }
      return stated.read(value, name, problems)
    }
  }

  private static var stated: Form {
    .object { reader in
      let (first, last) = (reader.optional("first", .precision), reader.optional("last", .precision))
      if case .refused = first { return nil }
      if case .refused = last { return nil }
      guard first.value != nil || last.value != nil else {
        reader.problems.add("\(reader.name) has neither \"first\" nor \"last\"", at: reader.place)
        return nil
      }
      return WidthRules.Ends(first: first.value, last: last.value)
    }
  }
}

extension Form<Precision> {
  /// Written `W4A8` or `int4/bf16`.
  static var precision: Form {
    Form<String>.text.then { text, value, name, problems in
      guard let precision = Precision(text) else {
        problems.add(
          "\(name) is \"\(text.prefix(60))\"; 4-bit weights with 8-bit activations are written \"W4A8\" or "
            + "\"int4/int8\", other formats by name as \"int4-g128/bf16\"", at: value.place)
        return nil
      }
      return precision
    }
  }
}
