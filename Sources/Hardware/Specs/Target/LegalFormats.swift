import Core
import Diagnostics

/// What a spec says about formats, in its short form for integers or as a list of pairs.
struct LegalFormats {
  /// In the order of listing, each once.
  var weights: [BitWidth]
  var activations: [BitWidth]
  var pairs: WidthRules.Pairs
  /// Nil where all kinds of layers take all pairs.
  var pairsOfKinds: [WidthRules.PairsOfKind]?
}

extension LegalFormats {
  /// The key `precisions`: pairs as text, which all kinds of layers take, and objects for some kinds alone. `layers` is nil
  /// where the spec's kinds are themselves wrong.
  static func listed(_ reader: ObjectReader, layers: [Layer.Kind]?) -> LegalFormats? {
    for short in ["weight_bits", "activation_bits", "pairs"] {
      guard let value = reader.value(of: short) else { continue }
      reader.acceptKey(short)
      reader.problems.add(
        "\(reader.name) has \"precisions\" and \"\(short)\", which is a short form of the same",
        at: value.place,
        hint: "Keep one of them.")
    }
    guard let entries = reader.required("precisions", .list(of: .legalPair, count: 1...Int.max)) else {
      return nil
    }
    let kinds = layers ?? Layer.Kind.allCases
    var isGood = true
    func report(_ problem: String, at place: Diagnostic.Place) {
      reader.problems.add("\"capabilities.precisions\" \(problem)", at: place)
      isGood = false
    }
    var pairsOfKinds = kinds.map { WidthRules.PairsOfKind(kind: $0, pairs: []) }
    for entry in entries {
      var isRepeated = false
      for kind in entry.layers ?? kinds {
        guard let index = pairsOfKinds.firstIndex(where: { $0.kind == kind }) else {
          report(
            "has \(entry.pair) for \"\(kind.rawValue)\" layers, which are not in \"capabilities.layers\"",
            at: entry.place)
          continue
        }
        if !pairsOfKinds[index].pairs.insert(entry.pair).inserted { isRepeated = true }
      }
      if isRepeated { report("lists \(entry.pair) twice", at: entry.place) }
    }
    for kind in pairsOfKinds where kind.pairs.isEmpty && isGood {
      report(
        "leaves \"\(kind.kind.rawValue)\" layers without a pair",
        at: reader.value(of: "precisions")?.place ?? reader.place)
    }
    guard isGood else { return nil }
    let all = pairsOfKinds.reduce(into: Set<Precision>()) { $0.formUnion($1.pairs) }
    return LegalFormats(
      weights: Set(all.map(\.weight)).sorted(), activations: Set(all.map(\.activation)).sorted(),
      pairs: .listed(all), pairsOfKinds: pairsOfKinds.allSatisfy { $0.pairs == all } ? nil : pairsOfKinds)
  }

  /// One entry of the list.
  struct Entry {
    var pair: Precision
    /// Nil for all kinds.
    var layers: [Layer.Kind]?
    var place: Diagnostic.Place
  }
}

extension Form<LegalFormats.Entry> {
  /// `"int8/int8"`, or `{ "pair": "int8/int8", "layers": ["depthwise"] }`.
  static var legalPair: Form {
    let forKinds = Form.object { reader in
      let pair = reader.required("pair", .precision)
      let layers = reader.required("layers", .list(of: .layerKind, count: 1...Layer.Kind.allCases.count))
      guard let pair, let layers else { return nil }
      return LegalFormats.Entry(pair: pair, layers: layers, place: reader.place)
    }
    return Form { value, name, problems in
      if case .object = value.content { return forKinds.read(value, name, problems) }
      return Form<Precision>.precision.read(value, name, problems).map {
        LegalFormats.Entry(pair: $0, layers: nil, place: value.place)
      }
    }
  }
}
