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
  public var unit: CostSheet.StatedUnit?
  public var clockHertz: Double?
  public var decimal: NumberForm?
  /// How the table's layers are found in the network; nil for the best that the table allows (`docs/table.md` T-4).
  public var match: LayerMatching?
  /// The number of the first layer in the table; nil for 0 where that leaves no doubt.
  public var firstLayer: Int?

  public init(
    shapes: Shapes? = nil, batch: Int? = nil, unit: CostSheet.StatedUnit? = nil, clockHertz: Double? = nil
  ) {
    self.shapes = shapes
    self.batch = batch
    self.unit = unit
    self.clockHertz = clockHertz
  }

  /// A table and how it was read.
  public struct Reading: Sendable {
    public var table: LookupTable
    /// Nil for forms that leave nothing to understand.
    public var map: SheetMap?
    public var match: LayerMatch
  }

  /// The table in `file`, bound to its network; `spec` supplies the clock where nothing else does.
  ///
  /// Throws `Diagnostics` that say what is wrong with the file, or what nothing states.
  public func table(_ file: String, for spec: TargetSpec? = nil) throws -> LookupTable {
    try read(file, for: spec).table
  }

  /// The same, with how the file was understood.
  public func read(_ file: String, for spec: TargetSpec? = nil) throws -> Reading {
    let clock = clockHertz ?? spec?.number("clock_hz")
    let reading = CostSheet.Reading(unit: unit, clockHertz: clock, decimal: decimal)
    var sheet = try CostSheet.read(try InputFile.read(file), file: file, reading)
    if let firstLayer { try sheet.renumber(from: firstLayer) }
    if let batch, let stated = sheet.batch, batch != stated {
      throw Diagnostic("the table says batch \(stated), not \(batch)", at: .init(file: file))
    }
    let known = batch ?? sheet.batch
    guard let shapes else { return try selfDescribed(sheet, batch: known, clock) }
    guard let network = try shapes(known, known) else { throw Self.noBatch(file) }
    try Self.checkLength(of: sheet, against: network)
    if let match { try sheet.match(by: match, to: network) }
    let table = try LookupTable(sheet, of: network, clockHertz: clock)
    return Reading(table: table, map: sheet.map, match: try LayerMatch(of: sheet, in: network))
  }

  private func selfDescribed(_ sheet: CostSheet, batch: Int?, _ clock: Double?) throws -> Reading {
    let file = sheet.file
    guard sheet.identity == .shapes, match == nil || match == .shape else {
      throw Diagnostic(
        match == nil || sheet.identity != .shapes
          ? "the table does not state the shapes of its layers, so their network must be named"
          : "layers are matched with those of a network, which is not named",
        at: .init(file: file), hint: "Give --network.")
    }
    guard let batch else { throw Self.noBatch(file) }
    guard let table = LookupTable(selfDescribed: sheet, defaultBatch: batch, clockHertz: clock) else {
      throw Diagnostic(
        "layers of different shapes have one name in the table", at: .init(file: file),
        hint: "Names must differ, or give --network.")
    }
    return Reading(table: table, map: sheet.map, match: try LayerMatch(of: sheet, in: table.network))
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
