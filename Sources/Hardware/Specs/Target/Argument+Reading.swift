import Core
import Diagnostics

extension TargetSpec {
  /// `{ "type": "u32", "value": "layer.in_channels" }`, `{ "type": "i32", "constant": 3 }` or
  /// `{ "type": "out.f64" }`.
  static func argument(_ context: FunctionContext) -> Form<FunctionSignature.Argument> {
    .object { reader in
      let types = ForeignType.allCases.map(\.rawValue) + ["out.f64"]
      guard let word = reader.required("type", .word(types)) else {
        // Which keys belong here depends on the type, so the rest cannot be judged.
        reader.acceptAllKeys()
        return nil
      }
      guard let type = ForeignType(rawValue: word) else { return .out }
      let value = reader.optional("value", source(of: type, context))
      let constant = reader.optional("constant", constant(of: type))
      switch (value, constant) {
      case (.value(let argument), .absent): return argument
      case (.absent, .value(let number)): return .constant(type, number)
      case (.absent, .absent):
        reader.problems.add("\(reader.name) needs a \"value\" or a \"constant\"", at: reader.place)
        return nil
      case (.refused, _), (_, .refused): return nil
      case (.value, .value):
        reader.problems.add("\(reader.name) has both \"value\" and \"constant\"", at: reader.place)
        return nil
      }
    }
  }

  private static func constant(of type: ForeignType) -> Form<Double> {
    Form<Double>.number(-1e300...1e300, "between -1e300 and 1e300").then { number, value, name, problems in
      guard let problem = misfit(number, in: type) else { return number }
      problems.add("\(name) is \(problem)", at: value.place)
      return nil
    }
  }

  /// A name from the closed list: there are no expressions.
  private static func source(
    of type: ForeignType, _ context: FunctionContext
  ) -> Form<FunctionSignature.Argument> {
    Form<String>.text.then { text, value, name, problems in
      if let field = field(text, "layer.", FunctionSignature.LayerField.self) { return .layer(type, field) }
      if let field = field(text, "point.", FunctionSignature.PointField.self) { return .point(type, field) }
      let known =
        FunctionSignature.LayerField.allCases.map { "layer.\($0.rawValue)" }
        + FunctionSignature.PointField.allCases.map { "point.\($0.rawValue)" }
        + (context.parameters ?? []).map { "parameters.\($0.key)" }
      guard text.hasPrefix("parameters.") else {
        problems.add(
          "\(name) is \"\(text.prefix(60))\", which is not a value; there are \(known.joined(separator: ", "))",
          at: value.place, hint: Suggestion.sentence(for: text, among: known))
        return nil
      }
      let key = String(text.dropFirst("parameters.".count))
      guard let parameters = context.parameters else { return .parameter(type, key: key) }
      switch parameters.first(where: { $0.key == key })?.value {
      case .number(let number):
        guard let problem = misfit(number, in: type) else { return .parameter(type, key: key) }
        problems.add("\(name) is \"\(text)\", which is \(problem)", at: value.place)
      case .text:
        problems.add("\(name) is \"\(text)\", which is text; functions take numbers", at: value.place)
      case nil:
        problems.add(
          "\(name) is \"\(text.prefix(60))\", but the spec has no such parameter", at: value.place,
          hint: Suggestion.sentence(for: text, among: known))
      }
      return nil
    }
  }

  private static func field<Field: RawRepresentable<String>>(
    _ text: String, _ prefix: String, _: Field.Type
  ) -> Field? {
    text.hasPrefix(prefix) ? Field(rawValue: String(text.dropFirst(prefix.count))) : nil
  }

  /// Why `type` cannot hold a number; nil when it can.
  private static func misfit(_ number: Double, in type: ForeignType) -> String? {
    guard !type.holds(number) else { return nil }
    let range = type.range.map { "; \(type.rawValue) holds whole numbers \($0)" } ?? ", too large for f32"
    return "\(PositionedValue.short(number))\(range)"
  }
}
