import Core
import CostTables
import Diagnostics
import Specs
import Targets

/// Where the layers of a table are described, and what its file leaves unsaid.
struct TableSource {
  /// A built-in network or a file; nil for the shapes in the table itself.
  var network: String?
  var batch: Int?
  var unit: CostSheet.LatencyUnit?
  var clock_hz: Double?

  /// The table in `file`, bound to its network; `target` supplies clock and batch where nothing else does.
  func table(_ file: String, for target: Target? = nil) throws -> LookupTable {
    let clock = clock_hz ?? target?.spec.number("clock_hz")
    let reading = CostSheet.Reading(numPyUnit: unit, clock_hz: clock)
    let sheet = try CostSheet.read(try InputFile.read(file), file: file, reading)
    if let batch, let stated = sheet.batch, batch != stated {
      throw Diagnostic("the table says batch \(stated), not \(batch)", at: .init(file: file))
    }
    let known = batch ?? sheet.batch
    let defaultBatch = known ?? target?.spec.batch
    if let network {
      let shapes = try NamedNetwork(network).layers(batch: known, defaultBatch: defaultBatch)
      guard let shapes else { throw Self.noBatch(file) }
      try Self.checkLength(of: sheet, against: shapes)
      return try LookupTable(sheet, of: shapes, clock_hz: clock)
    }
    guard sheet.identity == .shapes else {
      throw Diagnostic(
        "the table does not state the shapes of its layers, so their network must be named",
        at: .init(file: file), hint: "Give --network.")
    }
    guard let defaultBatch else { throw Self.noBatch(file) }
    guard let table = LookupTable(selfDescribed: sheet, defaultBatch: defaultBatch, clock_hz: clock) else {
      throw Diagnostic(
        "layers of different shapes have one name in the table", at: .init(file: file),
        hint: "Names must differ, or give --network.")
    }
    return table
  }

  /// An array has no other sign of its network than its length.
  private static func checkLength(of sheet: CostSheet, against network: Network) throws {
    guard sheet.file.lowercased().hasSuffix(".npy"), let last = sheet.rows.last?.layer,
      last + 1 != network.layers.count
    else { return }
    throw Diagnostic(
      "the array has \(last + 1) layers, network \"\(network.name)\" has \(network.layers.count)",
      at: .init(file: sheet.file), hint: "Is it a table of another network?")
  }

  private static func noBatch(_ file: String) -> Diagnostic {
    Diagnostic(
      "nothing states how many samples the table's costs are for", at: .init(file: file),
      hint: "Give --batch.")
  }
}
