import Core

extension TargetSpec {
  /// `capabilities` is nil when that part of the spec is itself wrong; then widths go unchecked.
  static func checksForm(within capabilities: Capabilities?, batch: Int) -> Form<[ReferencePoint]> {
    Form.list(of: check(within: capabilities, batch: batch)).then { checks, value, name, problems in
      var seen: Set<String> = []
      for check in checks where !seen.insert(check.name).inserted {
        problems.add("\(name) has two checks called \"\(check.name)\"", at: value.place)
        return nil
      }
      return checks
    }
  }

  private static func check(within capabilities: Capabilities?, batch: Int) -> Form<ReferencePoint> {
    .object { reader in
      let name = reader.required("name", .text)
      let layer = reader.required("layer", .layer(unnamed: name ?? "layer"))
      let batch = reader.optional("batch", .integer(1...NetworkDocument.largestBatch)).or(batch)
      let precision = reader.precision(of: "a check").flatMap {
        supported($0, within: capabilities, reader)
      }
      let output = reader.optionalOperand("output", of: "a check")
      let expected = reader.required("expect", expectation(within: capabilities))
      let tolerance = reader.required("tolerance", .number(0...1, "between 0 and 1"))
      let source = reader.required("source", .text)
      guard let name, let layer, let batch, let precision, let expected, let tolerance,
        let source
      else { return nil }
      if case .refused = output { return nil }
      if let capabilities, !layer.isCosted(by: capabilities.layers) {
        reader.problems.add(
          "the check \"\(name)\" has a layer of kind \"\(layer.kind.rawValue)\", which is not in "
            + "\"capabilities.layers\"", at: reader.place)
        return nil
      }
      if let capabilities, !capabilities.widthRules.allows(precision, for: layer.kind) {
        let isShort = capabilities.isNumbersOfBits && capabilities.widthRules.pairsOfKinds == nil
        let key = isShort ? "pairs" : "precisions"
        reader.problems.add(
          "the check \"\(name)\" is at \(precision), which \"capabilities.\(key)\" does not have",
          at: reader.place)
        return nil
      }
      return ReferencePoint(
        name: name, layer: layer, batch: batch,
        precision: precision, output: output.value, expected: expected,
        tolerance: tolerance, source: source)
    }
  }

  /// `precision`, or nil after reporting that the target lacks a format of it.
  private static func supported(
    _ precision: Precision, within capabilities: Capabilities?, _ reader: ObjectReader
  ) -> Precision? {
    guard let capabilities else { return precision }
    let operands = [
      ("weight", precision.weight, capabilities.weightWidths),
      ("activation", precision.activation, capabilities.activationWidths),
    ]
    var isSupported = true
    for (role, width, widths) in operands where !widths.contains(width) {
      let key = width.isNumberOfBits ? "\(role)_bits" : "\(role)_format"
      let listed = widths.map(\.description).joined(separator: ", ")
      reader.problems.add(
        "\(reader.label(key)) is \(width); this target supports \(listed)",
        at: reader.value(of: key)?.place ?? reader.place)
      isSupported = false
    }
    return isSupported ? precision : nil
  }

  private static func expectation(within capabilities: Capabilities?) -> Form<[Metric: Double]> {
    Form<[Metric: Double]>.object { reader in
      let stated = Metric.ofTargets.filter { capabilities?.aggregates.keys.contains($0) ?? true }
      var expected: [Metric: Double] = [:]
      var isComplete = true
      for metric in stated {
        let number = Form<Double>.number(0...1e15, "between 0 and 1e15")
        switch reader.optional(metric.rawValue, number) {
        case .absent: break
        case .refused: isComplete = false
        case .value(let cost): expected[metric] = cost
        }
      }
      return isComplete ? expected : nil
    }.then { expected, value, name, problems in
      guard !expected.isEmpty else {
        problems.add("\(name) must state at least one cost", at: value.place)
        return nil
      }
      return expected
    }
  }
}
