public import Core

/// The uniform policies that HAQ compares with in its Table 2: PACT at 4, 5, 6 and 8 bit, whatever the budgets.
///
/// Those that the search space has. 8 bit itself is compared anyway.
public struct UniformPACT: Sendable {
  public let policies: [(precision: Precision, policy: Policy)]

  public init(_ space: SearchSpace) {
    policies = [4, 5, 6].compactMap { bits in
      guard let width = BitWidth(bits) else { return nil }
      let precision = Precision(weight: width, activation: width)
      return space.uniform(precision).map { (precision, $0) }
    }
  }
}
