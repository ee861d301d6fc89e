/// What single layers cost.
extension CostTable {
  /// What a layer at `precision` is costed as, which differs from it only on a target that rounds up; nil when
  /// the target has no such precision for layers of its kind.
  ///
  /// - Precondition: the network has the layer.
  public func costedAs(_ precision: Precision, layer: Int) -> Precision? {
    widthRules.costedAs(
      precision, for: network.layers[layer].kind, weightWidths: weightWidths,
      activationWidths: activationWidths)
  }

  /// The pairs that some layer has as they are, by weights and then activations, ascending.
  public var legalPairs: [Precision] {
    let kinds = Set(network.layers.map(\.kind))
    return weightWidths.flatMap { weight in
      activationWidths.map { Precision(weight: weight, activation: $0) }
    }.filter { pair in kinds.contains { widthRules.allows(pair, for: $0) } }
  }

  /// The pair that relative budgets and comparisons are shares of: what the target states, else 8 bit, of weights alone
  /// where activations stay in floats.
  public var reference: Precision {
    widthRules.reference
      ?? (activationWidths == [.float] ? Precision(weight: .eight, activation: .float) : .eight)
  }

  /// The cost of one layer; nil when the target cannot run it at this precision.
  ///
  /// - Parameter output: The width at which its output is stored: one of `outputWidths(ofLayer:)`. There is no cost
  ///   without it where costs depend on it, and it has no influence where they do not.
  public func cost(
    _ metric: Metric, layer: Int, at precision: Precision, output: BitWidth? = nil
  ) -> Double? {
    guard let cell = cell(layer: layer, at: precision, output: output) else { return nil }
    if metric == .weightBytes, metricsOfNetwork?.contains(metric) == true {
      return WeightStorage.bytes(network.layers[layer], at: precision.weight)
    }
    return columns[metric]?[cell]
  }

  /// The cost of one layer under a policy, which says at which width its output is stored.
  ///
  /// - Precondition: the policy has a precision for each layer.
  public func cost(_ metric: Metric, layer: Int, under policy: Policy) -> Double? {
    cost(metric, layer: layer, at: policy[layer], output: outputWidth(ofLayer: layer, under: policy))
  }

  /// The cost of one layer where every layer has this precision.
  public func cost(_ metric: Metric, layer: Int, underUniform precision: Precision) -> Double? {
    cost(
      metric, layer: layer, at: precision, output: outputWidth(ofLayer: layer, underUniform: precision))
  }

  /// Where the latency of one layer comes from; nil when the target does not say.
  public func breakdown(layer: Int, at precision: Precision, output: BitWidth? = nil) -> Breakdown? {
    cell(layer: layer, at: precision, output: output).flatMap { breakdowns[$0] }
  }

  /// The same under a policy.
  ///
  /// - Precondition: the policy has a precision for each layer.
  public func breakdown(layer: Int, under policy: Policy) -> Breakdown? {
    breakdown(layer: layer, at: policy[layer], output: outputWidth(ofLayer: layer, under: policy))
  }

  /// Whether the cost of one layer lies between measured ones rather than being measured itself.
  public func isInterpolated(layer: Int, at precision: Precision, output: BitWidth? = nil) -> Bool {
    cell(layer: layer, at: precision, output: output).map(interpolatedCells.contains) ?? false
  }

  /// How many points of the table are interpolated.
  public var interpolatedCount: Int { interpolatedCells.count }

  /// All costs of one layer; without those that the target cannot give at these widths.
  public func costs(
    ofLayer layer: Int, at precision: Precision, output: BitWidth? = nil
  ) -> [Metric: Double] {
    aggregates.keys.reduce(into: [:]) { $0[$1] = cost($1, layer: layer, at: precision, output: output) }
  }

  /// The same under a policy.
  ///
  /// - Precondition: the policy has a precision for each layer.
  public func costs(ofLayer layer: Int, under policy: Policy) -> [Metric: Double] {
    costs(ofLayer: layer, at: policy[layer], output: outputWidth(ofLayer: layer, under: policy))
  }

  /// Whether the target can run `layer` at `precision`, whatever the width at which policies can store its output.
  public func supports(layer: Int, at precision: Precision) -> Bool {
    outputWidths(ofLayer: layer).allSatisfy { supports(layer: layer, at: precision, output: $0) }
  }

  /// Whether the target can run `layer` as `policy` has it.
  ///
  /// - Precondition: the policy has a precision for each layer.
  public func supports(layer: Int, under policy: Policy) -> Bool {
    supports(layer: layer, at: policy[layer], output: outputWidth(ofLayer: layer, under: policy))
  }

  private func supports(layer: Int, at precision: Precision, output: BitWidth?) -> Bool {
    guard let cell = cell(layer: layer, at: precision, output: output) else { return false }
    return columns.values.allSatisfy { $0[cell] != nil }
  }

  func cell(layer: Int, at precision: Precision, output: BitWidth?) -> Int? {
    guard network.layers.indices.contains(layer), let precision = costedAs(precision, layer: layer),
      let weight = weightWidths.firstIndex(of: precision.weight),
      let activation = activationWidths.firstIndex(of: precision.activation)
    else { return nil }
    let pair = (layer * weightWidths.count + weight) * activationWidths.count + activation
    guard let outputWidths else { return pair }
    guard let output, let position = outputWidths.firstIndex(of: output) else { return nil }
    return pair * outputWidths.count + position
  }
}
