import Core

/// Which way a width changes.
enum Direction {
  case narrower
  case wider

  fileprivate func leads(from width: BitWidth, to other: BitWidth) -> Bool {
    self == .narrower ? other < width : other > width
  }
}

extension SearchSpace {
  /// Whether all formats are integers or 32-bit floats, so that fewer bits are less accurate and mostly cheaper.
  var isOfBits: Bool { pairs.allSatisfy(\.isNumberOfBits) }

  /// Whether of any two formats that activations may have, one covers the other.
  var hasActivationChain: Bool {
    Set((0..<layerCount).flatMap { widths(ofLayer: $0, .activation) }).isChain
  }

  /// `precision` with one operand at the next width in a direction and the other as it is; nil where `layer` has no such
  /// pair.
  func step(
    _ direction: Direction, _ role: Role, from precision: Precision, ofLayer layer: Int
  ) -> Precision? {
    let pairs = precisions(ofLayer: layer).filter { pair in
      switch role {
      case .weight:
        pair.activation == precision.activation && direction.leads(from: precision.weight, to: pair.weight)
      case .activation:
        pair.weight == precision.weight && direction.leads(from: precision.activation, to: pair.activation)
      }
    }
    return direction == .narrower ? pairs.last : pairs.first
  }

  /// The next pair in a direction where neither operand can go there alone, as where a target has equal pairs only: both
  /// change, by the fewest bits in sum, then the fewest of the weights. Nil where one operand can, or there is none.
  func jointStep(_ direction: Direction, from precision: Precision, ofLayer layer: Int) -> Precision? {
    guard Role.allCases.allSatisfy({ step(direction, $0, from: precision, ofLayer: layer) == nil }) else {
      return nil
    }
    func distance(_ pair: Precision) -> (Double, Double) {
      let weight = abs(pair.weight.bitsPerElement - precision.weight.bitsPerElement)
      return (weight + abs(pair.activation.bitsPerElement - precision.activation.bitsPerElement), weight)
    }
    return precisions(ofLayer: layer).filter {
      direction.leads(from: precision.weight, to: $0.weight)
        && direction.leads(from: precision.activation, to: $0.activation)
    }.min { distance($0) < distance($1) }
  }
}
