public import Core

extension LookupTable {
  /// How far a product of latency and clock may be from a whole number, relative to it.
  private static let cycleTolerance = 1e-6

  /// `latency_s` as whole cycles of the table's clock; throws `TableError`, naming the cell.
  func cycles(_ latencySeconds: Double, at point: Point) throws -> Int64 {
    guard let clockHertz else { throw TableError.noClock }
    let exact = latencySeconds * clockHertz
    let whole = exact.rounded()
    guard abs(exact - whole) <= Self.cycleTolerance * whole, let cycles = Int64(exactly: whole) else {
      throw TableError.notWholeCycles(cell: name(of: point), cycles: exact, clockHertz: clockHertz)
    }
    return cycles
  }

  /// `conv1 at W4A6`
  public func name(of point: Point) -> String { "\(network.layers[point.layer].name) at \(point.widths)" }
}

/// Why a table cannot be written in the form that was asked for.
public enum TableError: Error, Hashable, Sendable, CustomStringConvertible {
  case notWholeCycles(cell: String, cycles: Double, clockHertz: Double)
  case noClock
  /// Some of the cells that the array form, which cannot leave one out, needs, and how many there are.
  case missingCells([String], count: Int)
  /// Costs that depend on the widths of outputs, for which the array form has no axis.
  case outputWidths([BitWidth])

  /// Formats that are no numbers of bits, by which the array form is indexed.
  case formats([BitWidth])

  public var description: String {
    switch self {
    case .formats(let formats):
      "the table has costs in \(formats.map(\.description).joined(separator: ", ")), and a .npy table is indexed by "
        + "bits. Write a .csv or .json file."
    case .notWholeCycles(let cell, let cycles, let clockHertz):
      "\(cell) takes \(cycles) cycles at \(clockHertz) Hz, which is not a whole number. Use --unit seconds."
    case .outputWidths(let widths):
      "the costs depend on the widths of outputs (\(widths.rangeText)), and a .npy table has no axis for them. "
        + "Write a .csv or .json file."
    case .noClock: "cycles need a clock, and nothing states one. Give --clock-hz, or use --unit seconds."
    case .missingCells(let shown, let count):
      "a .npy table has a latency for every layer at every width 1 to 8; \(count) are missing: "
        + shown.joined(separator: ", ") + (count > shown.count ? ", ..." : "")
        + ". Write a .csv or .json file."
    }
  }
}
