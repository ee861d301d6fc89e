public import Core
public import Evaluation

/// The legal pairs that a search leaves out, because the evaluator cannot measure them.
public struct UnmeasurablePairs: Hashable, Sendable {
  public let pairs: [Precision]
  /// How many legal pairs there are with them.
  public let legalCount: Int
  public let measurable: MeasurableWidths

  /// Nil when the evaluator can measure all.
  init?(_ legal: [Precision], _ measurable: MeasurableWidths) {
    pairs = legal.filter { !measurable.contains($0) }
    legalCount = legal.count
    self.measurable = measurable
    if pairs.isEmpty { return nil }
  }
}

extension UnmeasurablePairs: CustomStringConvertible {
  public var description: String {
    let parts = [
      ("weights", Set(pairs.map(\.weight)).subtracting(measurable.weights)),
      ("activations", Set(pairs.map(\.activation)).subtracting(measurable.activations)),
    ]
    let widths = parts.filter { !$0.1.isEmpty }.map { "\($0.0) of \($0.1.sorted().rangeText)" }
    let reason =
      measurable.areKnown
      ? "the evaluator measures \(measurable)"
      : "an evaluator that does not state its widths is asked for \(measurable)"
    return "\(pairs.count) of \(legalCount) pairs of widths of the target "
      + (pairs.count == 1 ? "is left out, the one with " : "are left out, those with ")
      + widths.joined(separator: " or ") + ": " + reason
  }
}

extension SearchSpace {
  /// What a person may miss among the precisions of this space, in sentences.
  public var notes: [String] {
    var notes = [unmeasurable.map(\.description)].compactMap(\.self)
    if !pinned.isEmpty, heldReference != reference, pinned.values.contains(heldReference) {
      notes.append(
        "the first and the last layer are held at \(heldReference), the pair that the target rounds \(reference) up to"
      )
    }
    if let first = pinned[0], let last = pinned[layerCount - 1], pinned == heldEnds,
      tables.contains(where: { $0.widthRules.ends != nil })
    {
      notes.append("the target has the first layer held at \(first) and the last at \(last)")
    }
    return notes
  }
}
