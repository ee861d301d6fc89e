import Core
import Diagnostics
public import Foundation
import Specs

extension CostSheet {
  /// Reads a table as `haq table build` or a spreadsheet writes it; `docs/table.md` section 2 describes the columns.
  ///
  /// - Parameter file: how messages call the file.
  /// - Parameter clockHertz: turns cycles into seconds; without it they are refused.
  ///
  /// Throws `Diagnostics` with every problem.
  public static func readCSV(_ bytes: Data, file: String, clockHertz: Double?) throws -> CostSheet {
    try readCSV(bytes, file: file, Reading(clockHertz: clockHertz))
  }

  static func readCSV(_ bytes: Data, file: String, _ reading: Reading) throws -> CostSheet {
    let text = try CSVText(bytes, file: file)
    let records = text.records
    let unit = reading.unit?.unit
    let header = try SheetHeader(
      records[0], rows: records.dropFirst(), hasClock: reading.clockHertz != nil, unit: unit)
    let costs = records.dropFirst().filter { $0.fields.count == header.count }
      .flatMap { record in header.costPositions.map { record.fields[$0] } }
    let numbers = try NumberForm(of: costs, stated: reading.decimal)
    var problems: [Diagnostic] = []
    var rows: [Row] = []
    var notMeasured = 0
    rows.reserveCapacity(records.count - 1)
    for record in records.dropFirst() {
      let reader = SheetRowReader(
        header: header, record: record, numbers: numbers, clockHertz: reading.clockHertz)
      rows += reader.rows()
      problems += reader.problems
      notMeasured += reader.notMeasured
    }
    if records.count == 1 {
      problems.append(Diagnostic("the table has a header but no rows", at: .init(file: file)))
    } else if rows.isEmpty, problems.isEmpty {
      problems.append(Diagnostic("no cost of the table was measured", at: .init(file: file)))
    }
    problems += repeatedPoints(in: rows)
    let batch = batch(of: records.dropFirst(), header, problems: &problems)
    guard problems.isEmpty else { throw Diagnostics(problems.sorted { $0.line < $1.line }) }
    return CostSheet(
      file: file, metrics: header.metrics, latencyUnit: header.latencyUnit, identity: header.identity,
      rows: rows, batch: batch,
      map: SheetMap(header, text: text, decimal: numbers, notMeasured: notMeasured, unit: unit))
  }

  /// The one value of the column `batch`; nil when there is none.
  private static func batch(
    of records: ArraySlice<CSVText.Record>, _ header: SheetHeader, problems: inout [Diagnostic]
  ) -> Int? {
    let fields = records.filter { $0.fields.count == header.count }.compactMap {
      header.field("batch", of: $0)
    }
    guard let first = fields.first else { return nil }
    let largest = NetworkDocument.largestBatch
    guard let batch = Int(first.text), (1...largest).contains(batch) else {
      problems.append(
        Diagnostic(
          "\"batch\" is \"\(first.text.prefix(60))\"; it must be a whole number 1 to \(largest)",
          at: first.place))
      return nil
    }
    if let other = fields.first(where: { $0.text != first.text }) {
      problems.append(
        Diagnostic(
          "\"batch\" is \(other.text.prefix(60)) here and \(batch) at \(first.place); a table is for one batch",
          at: other.place))
    }
    return batch
  }

  private struct PointKey: Hashable {
    var layer: Int?
    var name: String?
    var shape: LayerShape?
    var precision: Precision
    var output: BitWidth?
  }

  private static func repeatedPoints(in rows: [Row]) -> [Diagnostic] {
    var first: [PointKey: Diagnostic.Place] = [:]
    return rows.compactMap { row in
      let key = PointKey(
        layer: row.layer, name: row.name, shape: row.shape, precision: row.precision, output: row.output)
      guard let earlier = first[key] else {
        first[key] = row.place
        return nil
      }
      let name = row.name.map { " of layer \"\($0)\"" } ?? ""
      return Diagnostic(
        "the point \(Point(layer: 0, precision: row.precision, output: row.output).widths)\(name) appears twice; "
          + "first at \(earlier)", at: row.place,
        hint: "Remove one of them.")
    }
  }
}

extension Diagnostic {
  fileprivate var line: Int { place?.line ?? 0 }
}
