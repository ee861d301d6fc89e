import Core

extension PolicyDocument {
  /// The file's text, one layer per line; reading it gives this document again.
  public var text: String {
    // A file that says no more than an older version does is one, so that every program reads it.
    var fields: [(String, JSONText)] = [
      ("schema", .text(schema))
    ]
    fields.append(
      (
        "network",
        .object([("name", .text(network.name))] + (network.sha256.map { [("sha256", .text($0))] } ?? []))
      ))
    if let target {
      let digest: [(String, JSONText)] = target.specSHA256.map { [("spec_sha256", .text($0))] } ?? []
      fields.append(("target", .object([("id", .text(target.id))] + digest)))
    }
    let entries = layers.map { entry in
      JSONText.object([
        ("name", .text(entry.name)), entry.precision.weight.field(of: "weight"),
        entry.precision.activation.field(of: "activation"),
      ])
    }
    fields.append(("layers", .list(entries)))
    if !cost.isEmpty {
      let costs = Metric.ofTargets.compactMap { metric in
        cost[metric].map { (metric.rawValue, JSONText.number($0)) }
      }
      fields.append(("cost", .object(costs)))
    }
    if let accuracy { fields.append(("accuracy", .object(accuracy.fields))) }
    if let quantizers { fields.append(("quantization", .object(quantizers.fields))) }
    return JSONText.object(fields).document
  }

  private var schema: String {
    if let quantizers, quantizers.activationRange != .symmetric { return SchemaVersion.policy.text }
    if let quantizers, quantizers.recipe != .none { return "haq.policy/1.2" }
    let isOldest = quantizers == nil && layers.allSatisfy(\.precision.isNumberOfBits)
    return isOldest ? "haq.policy/1.0" : "haq.policy/1.1"
  }
}

extension BitWidth {
  fileprivate func field(of role: String) -> (String, JSONText) {
    isNumberOfBits ? ("\(role)_bits", .integer(bits)) : ("\(role)_format", .text(formatName))
  }
}

extension PolicyDocument.Quantizers {
  fileprivate var fields: [(String, JSONText)] {
    [
      ("weight_scales", .text(weightScales.rawValue)), ("clipping", .text("\(clipping)")),
      ("weight_clipping", .text("\(weightClipping)")),
    ] + (recipe == .none ? [] : [("ptq", .text("\(recipe)"))])
      + (activationRange == .symmetric ? [] : [("activation_range", .text(activationRange.rawValue))])
  }
}

extension PolicyDocument.Accuracy {
  fileprivate var fields: [(String, JSONText)] {
    var fields: [(String, JSONText)] = [("top1", .number(top1))]
    if let loss { fields.append(("loss", .number(loss))) }
    if let samples { fields.append(("samples", .integer(samples))) }
    if let split { fields.append(("split", .text(split))) }
    return fields
  }
}
