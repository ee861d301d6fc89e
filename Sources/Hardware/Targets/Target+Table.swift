import Core
package import CostTables
import Diagnostics
import Foundation
import Hashing
import PluginLoading
public import Specs

extension Target {
  /// The largest table that is read, in bytes.
  private static let tableSizeLimit = 64 << 20

  /// The absolute path of a table's file, which lies beside the spec or below it.
  public func path(of table: TargetSpec.Table) -> String {
    URL(filePath: file).absoluteURL.deletingLastPathComponent().appending(path: table.file).path
  }

  /// Reads a table and makes it answer for this target.
  ///
  /// Throws `Diagnostics` for what the file says, `TargetError` when it cannot be read or is not the pinned one.
  func sheet(of table: TargetSpec.Table) throws -> (model: TabulatedCostModel, sha256: String) {
    let bytes = try bytes(of: table)
    return (try model(of: table, from: try sheet(of: table, in: bytes)), bytes.sha256)
  }

  /// The target's table as its file states it, whether or not it can serve the target.
  ///
  /// Throws as `sheet(of:)`. The model must be a table.
  package func costSheet() throws -> CostSheet {
    guard case .table(let table) = spec.model else { preconditionFailure("the model is no table") }
    return try sheet(of: table, in: try bytes(of: table))
  }

  /// The cost model of a target whose model is a table.
  package func tabulatedModel() throws -> TabulatedCostModel {
    guard case .table(let table) = spec.model else { preconditionFailure("the model is no table") }
    return try sheet(of: table).model
  }

  private func sheet(of table: TargetSpec.Table, in bytes: Data) throws -> CostSheet {
    let path = path(of: table)
    let clockHertz = spec.number("clock_hz")
    if let unit = table.unit {
      return try CostSheet.readNumPy(
        bytes, file: path, unit: unit == .cycles ? .cycles : .seconds, clockHertz: clockHertz)
    }
    return try CostSheet.readCSV(bytes, file: path, clockHertz: clockHertz)
  }

  private func model(of table: TargetSpec.Table, from sheet: CostSheet) throws -> TabulatedCostModel {
    try demandMetrics(of: sheet)
    guard sheet.identity == .shapes || spec.checks.isEmpty else {
      throw Diagnostics([
        Diagnostic(
          "the checks of target \"\(spec.id)\" cannot be found in a table that does not describe shapes",
          at: .init(file: sheet.file), hint: "Add the columns of shapes, or remove \"checks\" from the spec.")
      ])
    }
    return try TabulatedCostModel(
      sheet, scope: .init(batch: spec.batch, networkSHA256: table.networkSHA256),
      missingPoints: table.isInterpolated ? .interpolated : .refused)
  }

  /// The file of a table; refuses another one than the pinned.
  func bytes(of table: TargetSpec.Table) throws -> Data {
    let path = path(of: table)
    let bytes = Data(try TrustedFile.read(path, limit: Self.tableSizeLimit))
    if let pinned = table.sha256, pinned != bytes.sha256 {
      throw TargetError.wrongDigest(file: path, pinned: pinned, found: bytes.sha256)
    }
    return bytes
  }

  private func demandMetrics(of sheet: CostSheet) throws {
    let missing = Metric.ofTargets.filter {
      spec.capabilities.aggregates.keys.contains($0) && !sheet.metrics.contains($0)
    }
    guard missing.isEmpty else {
      let columns = missing.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      throw Diagnostics([
        Diagnostic(
          "the table lacks the columns \(columns) of metrics that the spec of \"\(spec.id)\" promises",
          at: .init(file: sheet.file))
      ])
    }
  }
}
