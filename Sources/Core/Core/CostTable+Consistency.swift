extension CostTable {
  /// What is wrong with a table that was read from a file, as a part of a sentence; nil when it can be used.
  ///
  /// A table that a model filled is always consistent.
  public var inconsistency: String? {
    let all = [
      ("weight", weightWidths), ("activation", activationWidths), ("output", outputWidths ?? [.float]),
    ]
    for (role, widths) in all where widths.isEmpty || widths != Set(widths).sorted() {
      return "the \(role) widths are not ascending"
    }
    guard !network.layers.isEmpty, network.batch >= 1 else { return "there is no layer, or no batch" }
    if outputWidths != nil, network.outputReaders == nil { return "nothing says who reads the outputs" }
    let cellCount =
      network.layers.count * weightWidths.count * activationWidths.count * (outputWidths?.count ?? 1)
    for (metric, column) in columns {
      if column.count != cellCount {
        return "\(metric.rawValue) has \(column.count) cells, and \(cellCount) are needed"
      }
      if column.contains(where: { $0.map { !(0...Self.mostCost).contains($0) } ?? false }) {
        return "a cell of \(metric.rawValue) is not a cost of 0 to \(Self.mostCost)"
      }
    }
    if let latenciesAlone, latenciesAlone.count != cellCount {
      return "there are \(latenciesAlone.count) latencies of layers alone for \(cellCount) cells"
    }
    if breakdowns.count != cellCount {
      return "there are \(breakdowns.count) breakdowns of \(cellCount) cells"
    }
    if !interpolatedCells.isSubset(of: 0..<cellCount) { return "an interpolated cell is not in the table" }
    return activationMemory?.inconsistency(layerCount: network.layers.count)
  }

  /// In any SI unit; sums of such costs are finite.
  private static let mostCost = 1e100
}

extension ActivationMemory {
  fileprivate func inconsistency(layerCount: Int) -> String? {
    let elements = values.reduce(0.0) { $0 + Double($1.elements) }
    guard values.allSatisfy({ $0.elements >= 0 }), elements < 0x1p56 else {
      return "a stored value has no possible size"
    }
    guard values.allSatisfy({ $0.layers.allSatisfy((0..<layerCount).contains) }) else {
      return "a stored value is of a layer that there is not"
    }
    guard liveSets.allSatisfy({ $0.allSatisfy(values.indices.contains) }) else {
      return "a live set has a value that there is not"
    }
    return nil
  }
}
