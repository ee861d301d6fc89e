/// Arithmetic of shape computations; nil is a number that is too large, or no multiple of the batch.
extension Dimension {
  package func adding(_ other: Dimension) -> Dimension? {
    combined(with: other) { $0.addingReportingOverflow($1) }
  }

  package func subtracting(_ other: Dimension) -> Dimension? {
    combined(with: other) { $0.subtractingReportingOverflow($1) }
  }

  package func multiplied(by other: Dimension) -> Dimension? {
    let (product, overflow) = factor.multipliedReportingOverflow(by: other.factor)
    guard !overflow else { return nil }
    guard product != 0 else { return Dimension(0) }
    guard !(isPerSample && other.isPerSample) else { return nil }
    return isPerSample || other.isPerSample ? .perSample(product) : Dimension(product)
  }

  /// The quotient without its remainder, as ONNX divides integers.
  package func divided(by other: Dimension) -> Dimension? {
    guard other.factor != 0, !(factor == .min && other.factor == -1) else { return nil }
    if isPerSample == other.isPerSample { return Dimension(factor / other.factor) }
    guard isPerSample, factor.isMultiple(of: other.factor) else { return factor == 0 ? self : nil }
    return .perSample(factor / other.factor)
  }

  /// The remainder; it has the divisor's sign as ONNX's Mod has, or the dividend's with `fmod`.
  package func remainder(dividingBy other: Dimension, fmod: Bool) -> Dimension? {
    guard other.factor != 0, other.factor != -1 else { return other.factor == 0 ? nil : Dimension(0) }
    if factor.isMultiple(of: other.factor) { return isPerSample || !other.isPerSample ? Dimension(0) : nil }
    guard !isPerSample, !other.isPerSample else { return nil }
    let rest = factor % other.factor
    return Dimension(!fmod && (rest < 0) != (other.factor < 0) ? rest + other.factor : rest)
  }

  package var negated: Dimension? { Dimension(0).subtracting(self) }

  /// Whether this is less than `other` at every batch; nil when that depends on the batch.
  package func isLess(than other: Dimension) -> Bool? {
    if isPerSample == other.isPerSample { return factor < other.factor }
    // A batch is at least one sample, so the two differ by more at larger batches, or ever less.
    let difference = isPerSample ? factor : -other.factor
    let isLessAtOne = factor < other.factor
    return isLessAtOne == (difference <= 0) ? isLessAtOne : nil
  }

  /// Whether this equals `other` at every batch; nil when that depends on the batch.
  package func equals(_ other: Dimension) -> Bool? {
    if isPerSample == other.isPerSample { return factor == other.factor }
    let (growing, number) = isPerSample ? (factor, other.factor) : (other.factor, factor)
    // Multiples of the batch go away from zero.
    if growing > 0, number < growing { return false }
    if growing < 0, number > growing { return false }
    return growing == 0 ? number == 0 : nil
  }

  private func combined(
    with other: Dimension, _ operation: (Int, Int) -> (partialValue: Int, overflow: Bool)
  ) -> Dimension? {
    let (result, overflow) = operation(factor, other.factor)
    guard !overflow else { return nil }
    if isPerSample == other.isPerSample { return result == 0 ? Dimension(0) : self.like(result) }
    guard factor == 0 || other.factor == 0 else { return nil }
    return factor == 0 ? other.like(result) : like(result)
  }

  /// Another number of the same kind.
  private func like(_ number: Int) -> Dimension { isPerSample ? .perSample(number) : Dimension(number) }
}
