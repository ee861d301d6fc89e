internal import HardwareModel

/// The columns of one evaluate call, before any cell is trusted.
struct RawColumns {
  let metrics: [Metric]
  private(set) var status: [UInt32]
  /// One metric after another, one cell per point in each.
  private(set) var cells: [Double]

  /// Filled with what no honest plugin writes (H-23), so that an unwritten cell shows.
  init(metrics: [Metric], count: Int) {
    self.metrics = metrics
    status = Array(repeating: .max, count: count)
    cells = Array(repeating: .nan, count: count * metrics.count)
  }

  /// The cell of the metric at `position` in `metrics`.
  func cell(metric position: Int, point: Int) -> Double { cells[position * status.count + point] }

  /// The pointers are valid during `body` only, which is one plugin call.
  mutating func withColumnPointers<Result>(
    _ body: (_ status: UnsafeMutablePointer<UInt32>, _ cells: UnsafeMutablePointer<Double>) -> Result
  ) -> Result {
    withPointers(to: &status, &cells, body)
  }
}

/// The columns of one `haq.breakdown/1` call, before any cell is trusted.
struct RawBreakdown {
  private(set) var bound: [UInt32]
  /// Compute, weight traffic, activation traffic; one cell per point in each.
  private(set) var cells: [Double]

  init(count: Int) {
    bound = Array(repeating: .max, count: count)
    cells = Array(repeating: .nan, count: 3 * count)
  }

  /// The pointers are valid during `body` only, which is one plugin call.
  mutating func withColumnPointers<Result>(
    _ body: (_ bound: UnsafeMutablePointer<UInt32>, _ cells: UnsafeMutablePointer<Double>) -> Result
  ) -> Result {
    withPointers(to: &bound, &cells, body)
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
