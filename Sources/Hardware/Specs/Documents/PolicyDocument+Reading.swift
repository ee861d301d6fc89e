import Core
public import Diagnostics
public import Foundation

extension PolicyDocument {
  /// Reads and checks a policy file, named `file` in messages; throws `Diagnostics` with every problem.
  public static func read(
    _ bytes: Data, file: String
  ) throws -> (document: PolicyDocument, warnings: [Diagnostic]) {
    let value = try PositionedValue.read(bytes, file: file)
    let read = try SchemaVersion.policy.read(value, as: "the policy") { reader -> PolicyDocument? in
      let network = reader.required("network", networkReference)
      let target = reader.optional("target", targetReference)
      let layers = reader.required("layers", .list(of: entry, count: 1...NetworkDocument.largestLayerCount))
      let cost = reader.optional("cost", costsForm)
      let accuracy = reader.optional("accuracy", accuracyForm)
      let quantizers = reader.optional("quantization", quantizersForm)
      guard let network, let layers else { return nil }
      return PolicyDocument(
        network: network, target: target.value, layers: layers, cost: cost.value ?? [:],
        accuracy: accuracy.value, quantizers: quantizers.value)
    }
    return (read.value, read.warnings)
  }

  private static let networkReference = Form<NetworkReference>.object { reader in
    let name = reader.required("name", .text)
    let sha256 = reader.optional("sha256", .sha256)
    return name.map { NetworkReference(name: $0, sha256: sha256.value) }
  }

  private static let targetReference = Form<TargetReference>.object { reader in
    let id = reader.required("id", .text)
    let sha256 = reader.optional("spec_sha256", .sha256)
    return id.map { TargetReference(id: $0, specSHA256: sha256.value) }
  }

  private static let entry = Form<Entry>.object { reader in
    let name = reader.required("name", .text)
    guard let precision = reader.precision(of: "a layer"), let name else { return nil }
    var entry = Entry(name: name, precision: precision)
    entry.place = reader.place
    return entry
  }

  private static let costsForm = Form<[Metric: Double]>.object { reader in
    Metric.ofTargets.reduce(into: [:]) { costs, metric in
      costs[metric] = reader.optional(metric.rawValue, .number(0...1e15, "between 0 and 1e15")).value
    }
  }

  private static let quantizersForm = Form<Quantizers>.object { reader in
    let scales = reader.required("weight_scales", .word(WeightGranularity.allCases.map(\.rawValue)))
    let clipping = reader.required("clipping", clippingRule)
    let weights = reader.required("weight_clipping", clippingRule)
    let recipe = reader.optional("ptq", recipeForm)
    let range = reader.optional("activation_range", .word(ActivationRange.allCases.map(\.rawValue)))
    guard let scales = scales.flatMap(WeightGranularity.init(rawValue:)), let clipping, let weights else {
      return nil
    }
    return Quantizers(
      weightScales: scales, clipping: clipping, weightClipping: weights, recipe: recipe.value ?? .none,
      activationRange: range.value.flatMap(ActivationRange.init(rawValue:)) ?? .symmetric)
  }

  private static let recipeForm = Form<String>.text.then { text, value, name, problems in
    let recipe = PostTrainingRecipe(text)
    if recipe == nil {
      let words = PostTrainingRecipe.words
      problems.add(
        "\(name) is \"\(text.prefix(60))\"; allowed: \(words.map { "\"\($0)\"" }.joined(separator: ", ")), or steps with commas "
          + "between them", at: value.place, hint: Suggestion.sentence(for: text, among: words))
    }
    return recipe
  }

  private static let clippingRule = Form<String>.text.then { text, value, name, problems in
    let rule = ClippingRule(text)
    if rule == nil {
      problems.add(
        "\(name) is \"\(text.prefix(60))\"; allowed: \"kl\", \"mse\", \"max\", \"percentile:P\" with P above 0 and at most 100",
        at: value.place, hint: Suggestion.sentence(for: text, among: ["kl", "mse", "max", "percentile"]))
    }
    return rule
  }

  private static let accuracyForm = Form<Accuracy>.object { reader in
    let top1 = reader.required("top1", .number(0...1, "between 0 and 1"))
    let loss = reader.optional("loss", .number(0...1e15, "at least 0"))
    let samples = reader.optional("samples", .integer(1...Int(Int32.max)))
    let split = reader.optional("split", .word(["validation", "test"]))
    return top1.map { Accuracy(top1: $0, loss: loss.value, samples: samples.value, split: split.value) }
  }
}
