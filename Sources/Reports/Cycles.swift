/// Latencies as whole clock cycles.
public struct CycleColumn: Sendable {
  /// Cycles per second.
  public var clock_hz: Double

  /// How far a product of latency and clock may be from a whole number, relative to it.
  static let tolerance = 1e-6

  public init(clock_hz: Double) { self.clock_hz = clock_hz }

  /// The cycles that `latency_s` takes; throws `TableError.notWholeCycles`, naming `cell`.
  public func cycles(_ latency_s: Double, cell: @autoclosure () -> String) throws -> Int64 {
    let exact = latency_s * clock_hz
    let whole = exact.rounded()
    guard abs(exact - whole) <= Self.tolerance * whole, let cycles = Int64(exactly: whole) else {
      throw TableError.notWholeCycles(cell: cell(), cycles: exact, clock_hz: clock_hz)
    }
    return cycles
  }
}

/// Why a cost table cannot be written in the form that was asked for.
public enum TableError: Error, Hashable, Sendable, CustomStringConvertible {
  case notWholeCycles(cell: String, cycles: Double, clock_hz: Double)
  /// The array form has no way to leave a cell out.
  case missingCell(String)
  case missingWidths(target: String)

  public var description: String {
    switch self {
    case .notWholeCycles(let cell, let cycles, let clock_hz):
      "\(cell) takes \(cycles) cycles at \(clock_hz) Hz, which is not a whole number. Use --unit seconds."
    case .missingCell(let cell):
      "the target cannot run \(cell), and a .npy table has a number in every cell. Write a .csv file."
    case .missingWidths(let target):
      "a .npy table has weight and activation widths 1 to 8, which target \"\(target)\" does not all have. "
        + "Write a .csv file."
    }
  }
}
