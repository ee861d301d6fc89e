import Core
import NumberFormats

extension TargetSpec {
  static let capabilitiesForm = Form<Capabilities>.object { reader in
    let layers = reader.required("layers", uniqueKinds)
    let weightWidths = reader.required("weight_bits", .widths)
    let activationWidths = reader.required("activation_bits", .widths)
    let pairs = reader.required(
      "pairs", .pairs(weightWidths: weightWidths, activationWidths: activationWidths))
    let others = reader.required("other_widths", .otherWidths)
    let aggregates = reader.required("metrics", metricsForm)
    guard let layers, let weightWidths, let activationWidths, let pairs, let others, let aggregates
    else { return nil }
    return Capabilities(
      layers: layers, weightWidths: weightWidths, activationWidths: activationWidths,
      widthRules: WidthRules(pairs: pairs, otherWidths: others), aggregates: aggregates)
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

extension Form<BitWidth> {
  static var width: Form {
    Form<Int>.integer(BitWidth.range).then { bits, _, _, _ in BitWidth(bits) }
  }

  /// The name of a number format, such as `bf16`.
  static var formatName: Form {
    Form<String>.text.then { text, value, name, problems in
      do throws(NumberFormatError) {
        return BitWidth(format: try NumberFormat(text))
      } catch {
        problems.add("\(name) is wrong: \(error)", at: value.place)
        return nil
      }
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
