package import Core

/// The columns of one evaluate call, before any cell is trusted.
package struct RawColumns: Sendable {
  package let metrics: [Metric]
  package private(set) var status: [UInt32]
  /// One metric after another, one cell per point in each.
  package private(set) var cells: [Double]

  /// Filled with what no honest plugin writes (H-23), so that an unwritten cell shows.
  package init(metrics: [Metric], count: Int) {
    self.metrics = metrics
    status = Array(repeating: .max, count: count)
    cells = Array(repeating: .nan, count: count * metrics.count)
  }

  /// Columns as they came from elsewhere; nil when their lengths do not fit each other.
  package init?(metrics: [Metric], status: [UInt32], cells: [Double]) {
    guard cells.count == status.count * metrics.count else { return nil }
    self.metrics = metrics
    self.status = status
    self.cells = cells
  }

  /// The pointers are valid during `body` only, which is one plugin call.
  package mutating func withColumnPointers<Result>(
    _ body: (_ status: UnsafeMutablePointer<UInt32>, _ cells: UnsafeMutablePointer<Double>) -> Result
  ) -> Result {
    withPointers(to: &status, &cells, body)
  }
}

/// The columns of one `haq.breakdown/1` call, before any cell is trusted.
package struct RawBreakdown: Sendable {
  package private(set) var bound: [UInt32]
  /// Compute, weight traffic, activation traffic; one cell per point in each.
  package private(set) var cells: [Double]

  package init(count: Int) {
    bound = Array(repeating: .max, count: count)
    cells = Array(repeating: .nan, count: 3 * count)
  }

  /// Columns as they came from elsewhere; nil when their lengths do not fit each other.
  package init?(bound: [UInt32], cells: [Double]) {
    guard cells.count == 3 * bound.count else { return nil }
    self.bound = bound
    self.cells = cells
  }

  /// The pointers are valid during `body` only, which is one plugin call.
  package mutating func withColumnPointers<Result>(
    _ body: (_ bound: UnsafeMutablePointer<UInt32>, _ cells: UnsafeMutablePointer<Double>) -> Result
  ) -> Result {
    withPointers(to: &bound, &cells, body)
  }
}

/// The answer of one `haq.components/1` call, before any value is trusted.
package struct RawComponents: Sendable {
  package let components: [Component]
  /// By point and then component, NaN where the plugin did not write.
  package let values: [Double]

  /// For `count` points; nil when the lengths do not fit each other.
  package init?(components: [Component], values: [Double], count: Int) {
    guard values.count == count * components.count else { return nil }
    self.components = components
    self.values = values
  }
}

/// Precondition: neither array is empty, so both have an address.
private func withPointers<Result>(
  to codes: inout [UInt32], _ cells: inout [Double],
  _ body: (UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<Double>) -> Result
) -> Result {
  precondition(!codes.isEmpty && !cells.isEmpty)
  return codes.withUnsafeMutableBufferPointer { codes in
    cells.withUnsafeMutableBufferPointer { cells in body(codes.baseAddress!, cells.baseAddress!) }
  }
}
