public import Core
import Diagnostics
public import Specs

/// Where the layers of a table are described, and what its file leaves unsaid.
public struct TableSource {
  /// The layers at the batch, else at one that the network itself states, else at the default; nil when nothing
  /// states one.
  public typealias Shapes = (_ batch: Int?, _ defaultBatch: Int?) throws -> Network?

  /// Nil for the shapes in the table itself.
  public var shapes: Shapes?
  public var batch: Int?
  public var unit: CostSheet.LatencyUnit?
  public var clockHertz: Double?

  public init(
    shapes: Shapes? = nil, batch: Int? = nil, unit: CostSheet.LatencyUnit? = nil, clockHertz: Double? = nil
  ) {
    self.shapes = shapes
    self.batch = batch
    self.unit = unit
    self.clockHertz = clockHertz
  }

  /// The table in `file`, bound to its network; `spec` supplies clock and batch where nothing else does.
  ///
  /// Throws `Diagnostics` that say what is wrong with the file, or what nothing states.
  public func table(_ file: String, for spec: TargetSpec? = nil) throws -> LookupTable {
    let clock = clockHertz ?? spec?.number("clock_hz")
    let reading = CostSheet.Reading(numPyUnit: unit, clockHertz: clock)
    let sheet = try CostSheet.read(try InputFile.read(file), file: file, reading)
    if let batch, let stated = sheet.batch, batch != stated {
      throw Diagnostic("the table says batch \(stated), not \(batch)", at: .init(file: file))
    }
    let known = batch ?? sheet.batch
    let defaultBatch = known ?? spec?.batch
    if let shapes {
      guard let network = try shapes(known, defaultBatch) else { throw Self.noBatch(file) }
      try Self.checkLength(of: sheet, against: network)
      return try LookupTable(sheet, of: network, clockHertz: clock)
    }
    guard sheet.identity == .shapes else {
      throw Diagnostic(
        "the table does not state the shapes of its layers, so their network must be named",
        at: .init(file: file), hint: "Give --network.")
    }
    guard let defaultBatch else { throw Self.noBatch(file) }
    guard let table = LookupTable(selfDescribed: sheet, defaultBatch: defaultBatch, clockHertz: clock) else {
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
