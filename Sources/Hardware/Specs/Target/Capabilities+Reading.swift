import Core

extension TargetSpec {
  static let capabilitiesForm = Form<Capabilities>.object { reader in
    let layers = reader.required("layers", uniqueKinds)
    let formats =
      reader.value(of: "precisions") == nil
      ? widths(reader) : LegalFormats.listed(reader, layers: layers)
    let others = reader.required("other_widths", .otherWidths)
    let reference = reader.optional("reference", .precision)
    let ends = reader.optional("ends", .ends)
    let aggregates = reader.required("metrics", metricsForm)
    guard let layers, let formats, let others, let aggregates else { return nil }
    if case .refused = reference { return nil }
    if case .refused = ends { return nil }
    let capabilities = Capabilities(
      layers: layers, weightWidths: formats.weights, activationWidths: formats.activations,
      widthRules: WidthRules(
        pairs: formats.pairs, otherWidths: others, pairsOfKinds: formats.pairsOfKinds,
        reference: reference.value, ends: ends.value),
      aggregates: aggregates)
    return hasReference(capabilities, reader) && hasEnds(capabilities, reader) ? capabilities : nil
  }

  /// The short form of formats, for integers and 32-bit floats.
  private static func widths(_ reader: ObjectReader) -> LegalFormats? {
    let weights = reader.required("weight_bits", .widths)
    let activations = reader.required("activation_bits", .widths)
    let pairs = reader.required("pairs", .pairs(weightWidths: weights, activationWidths: activations))
    guard let weights, let activations, let pairs else { return nil }
    return LegalFormats(weights: weights, activations: activations, pairs: pairs, pairsOfKinds: nil)
  }

  /// Whether there is a pair that relative budgets can be shares of; reports if not.
  private static func hasReference(_ capabilities: Capabilities, _ reader: ObjectReader) -> Bool {
    let key = reader.value(of: "reference")
    // The short form never demanded 8 bit: then relative budgets are errors.
    guard key != nil || reader.value(of: "precisions") != nil else { return true }
    let reference = capabilities.reference
    let kinds = capabilities.layers.filter { !capabilities.pairs(of: $0).contains(reference) }
    guard let kind = kinds.first else { return true }
    if let key {
      reader.problems.add(
        "\"capabilities.reference\" is \(reference), which is no legal pair of \"\(kind.rawValue)\" layers",
        at: key.place, hint: "Name a pair that every kind of layer has.")
    } else {
      reader.problems.add(
        "\(reader.name) lacks the key \"reference\": int8/int8 is no legal pair of \"\(kind.rawValue)\" layers",
        at: reader.place, hint: "Name a pair that every kind of layer has.")
    }
    return false
  }

  /// Whether the pairs of the first and the last layer exist; reports if not.
  private static func hasEnds(_ capabilities: Capabilities, _ reader: ObjectReader) -> Bool {
    guard let ends = capabilities.widthRules.ends, let value = reader.value(of: "ends") else { return true }
    let missing = [ends.first, ends.last].compactMap(\.self).first { pair in
      !capabilities.layers.contains { capabilities.pairs(of: $0).contains(pair) }
    }
    guard let missing else { return true }
    let legal = capabilities.legalPairs.prefix(12).map(\.description).joined(separator: ", ")
    reader.problems.add(
      "\"capabilities.ends\" has \(missing), which is no legal pair of any kind of layer", at: value.place,
      hint: "Legal are \(legal)\(capabilities.legalPairs.count > 12 ? " and more" : "").")
    return false
  }

  private static let uniqueKinds = Form.list(of: .layerKind, count: 1...Int.max)
    .then { kinds, value, name, problems -> [Layer.Kind]? in
      guard Set(kinds).count == kinds.count else {
        problems.add("\(name) lists a kind twice", at: value.place)
        return nil
      }
      return kinds
    }

  private static let metricsForm = Form<[Metric: Metric.Aggregate]>.object { reader in
    var aggregates: [Metric: Metric.Aggregate] = [:]
    var isComplete = true
    for metric in Metric.ofTargets {
      let field =
        metric == .latency
        ? reader.required(metric.key, aggregate).map(Field.value) ?? .refused
        : reader.optional(metric.key, aggregate)
      switch field {
      case .absent: break
      case .refused: isComplete = false
      case .value(let aggregate): aggregates[metric] = aggregate
      }
    }
    return isComplete ? aggregates : nil
  }

  private static let aggregate = Form<Metric.Aggregate>.object { reader in
    let words = Metric.Aggregate.ofTargets.map(\.rawValue)
    return reader.required("aggregate", .word(words))
      .flatMap(Metric.Aggregate.init(rawValue:))
  }
}

extension Form<Layer.Kind> {
  static var layerKind: Form {
    Form<String>.word(Layer.Kind.allCases.map(\.rawValue)).then { word, _, _, _ in
      Layer.Kind(rawValue: word)
    }
  }
}

extension Form<[BitWidth]> {
  /// Ascending, each once, at least one.
  static var widths: Form {
    Form.list(of: .width, count: 1...BitWidth.range.upperBound).then { widths, value, name, problems in
      guard widths == Set(widths).sorted() else {
        problems.add("\(name) must be ascending, each width once", at: value.place)
        return nil
      }
      return widths
    }
  }
}
