public import Core
public import CostTables
import Diagnostics
import Foundation
import Hashing
import Specs
public import Targets

/// One target beside one of its reference tables: a row of `haq validate --all`.
public struct ReferenceValidation: Sendable {
  public var target: String
  /// What the spec itself says; absent when it says nothing.
  public var evidence: Evidence?
  /// The table's file name; absent when the spec names none.
  public var table: String?
  public var source: String?
  public var network: String?
  public var statistics: ErrorStatistics?
  public var outcome: Outcome
  /// Why there are no statistics, or which limit was missed.
  public var remark: String?

  /// What came of it.
  public enum Outcome: String, Hashable, Sendable, Codable {
    case passed
    /// A limit was missed, or the comparison failed.
    case failed
    /// The file is not there, which is no failure: some tables may not be distributed.
    case absent = "table absent"
    /// The spec names no table.
    case noTable = "no table"
  }

  /// Where tables and the shapes of their layers are found.
  public struct Sources {
    /// Where tables are that may not lie beside their spec; nil for nowhere else.
    public var folder: String?
    /// The shapes of the network with this name.
    public var shapes: (_ network: String) -> TableSource.Shapes

    public init(folder: String?, shapes: @escaping (_ network: String) -> TableSource.Shapes) {
      self.folder = folder
      self.shapes = shapes
    }
  }

  /// A row for every reference table of `target`, or one that says that there is none.
  public static func all(of target: Target, from sources: Sources) -> [ReferenceValidation] {
    let spec = target.spec
    guard !spec.referenceTables.isEmpty else {
      let checks =
        switch spec.checks.count {
        case 0: "no reference points"
        case 1: "1 reference point in the spec"
        case let count: "\(count) reference points in the spec"
        }
      return [
        ReferenceValidation(
          target: spec.id, evidence: spec.evidence, outcome: .noTable, remark: checks)
      ]
    }
    return spec.referenceTables.map { reference in
      var row = ReferenceValidation(
        target: spec.id, evidence: spec.evidence, table: reference.file, source: reference.source,
        network: reference.network,
        outcome: .absent)
      guard let path = path(of: reference, target, sources.folder) else {
        row.remark = "not beside the spec" + (sources.folder.map { ", nor in \($0)" } ?? "")
        return row
      }
      do {
        try row.compare(target, with: reference, at: path, shapes: reference.network.map(sources.shapes))
      } catch {
        row.outcome = .failed
        row.remark = "\(error)"
      }
      return row
    }
  }

  private static func path(
    of reference: TargetSpec.ReferenceTable, _ target: Target, _ folder: String?
  ) -> String? {
    let beside = URL(filePath: target.file).deletingLastPathComponent().appending(path: reference.file)
    let name = URL(filePath: reference.file).lastPathComponent
    let elsewhere = folder.map { URL(filePath: $0).appending(path: name) }
    return [beside, elsewhere].compactMap { $0?.relativePath }
      .first(where: FileManager.default.fileExists(atPath:))
  }

  private mutating func compare(
    _ target: Target, with reference: TargetSpec.ReferenceTable, at path: String, shapes: TableSource.Shapes?
  ) throws {
    let bytes = try InputFile.read(path)
    if let pinned = reference.sha256, pinned != bytes.sha256 {
      throw Diagnostic(
        "the table's SHA-256 is \(bytes.sha256), the spec of \"\(target.spec.id)\" says \(pinned)",
        at: .init(file: path))
    }
    let source = TableSource(
      shapes: shapes, batch: reference.batch,
      unit: reference.numPyUnit.flatMap(CostSheet.StatedUnit.init(rawValue:)))
    let measured = try source.table(path, for: target.spec)
    let costs = try target.costTable(of: measured.network, as: .layersAlone)
    let comparison = try Comparison(predicted: costs, measured: measured, metric: .latency)
    network = measured.network.name
    statistics = comparison.statistics
    let failures = Thresholds(maxMAPE: reference.maxMAPE).failures(of: comparison.statistics)
    outcome = failures.isEmpty ? .passed : .failed
    let warnings = comparison.warnings(clockHertz: target.spec.number("clock_hz"))
    remark = (failures + warnings).isEmpty ? nil : (failures + warnings).joined(separator: "; ")
  }
}
