import Diagnostics
public import Foundation

/// The formats of a table file, chosen by the file's extension.
public enum TableFormat: String, CaseIterable, Sendable {
  case csv
  case json
  case npy

  /// Throws a `Diagnostic` for a name with another ending.
  public init(ofFile file: String) throws {
    guard let format = Self.allCases.first(where: { file.lowercased().hasSuffix("." + $0.rawValue) }) else {
      throw Diagnostic(
        "the name of a table ends in .csv, .json or .npy, which says its form", at: .init(file: file))
    }
    self = format
  }
}

extension CostSheet {
  /// What a reader needs because the file does not state it.
  public struct Reading: Sendable {
    /// The unit of a `.npy` file, and of latencies whose header states none.
    public var unit: StatedUnit?
    /// Cycles per second.
    public var clockHertz: Double?
    /// How a `.csv` file writes numbers; nil for what its cells show.
    public var decimal: NumberForm?

    public init(unit: StatedUnit? = nil, clockHertz: Double? = nil, decimal: NumberForm? = nil) {
      self.unit = unit
      self.clockHertz = clockHertz
      self.decimal = decimal
    }
  }

  /// Reads a table of any form.
  ///
  /// Throws `Diagnostics` with every problem; a `.npy` file without a stated unit is one.
  public static func read(_ bytes: Data, file: String, _ reading: Reading) throws -> CostSheet {
    switch try TableFormat(ofFile: file) {
    case .csv: return try readCSV(bytes, file: file, reading)
    case .json: return try readJSON(bytes, file: file, clockHertz: reading.clockHertz)
    case .npy:
      guard let unit = reading.unit else {
        throw Diagnostic(
          "a .npy table does not say whether it holds cycles or seconds", at: .init(file: file),
          hint: "Give --unit cycles or --unit seconds.")
      }
      var sheet = try readNumPy(
        bytes, file: file, unit: unit == .cycles ? .cycles : .seconds, clockHertz: reading.clockHertz)
      if let factor = unit.unit.factor {
        for row in sheet.rows.indices {
          sheet.rows[row].costs = sheet.rows[row].costs?.mapValues { $0 * factor }
        }
      }
      return sheet
    }
  }
}

extension LookupTable {
  /// The table as a file; reading it gives the same numbers. Throws `TableError` when the form cannot hold it.
  public func bytes(as format: TableFormat, unit: CostSheet.LatencyUnit) throws -> Data {
    switch format {
    case .csv: Data(try csv(unit: unit).utf8)
    case .json: Data(try json(unit: unit).utf8)
    case .npy: try numPy(unit: unit)
    }
  }
}
