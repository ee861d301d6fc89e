public import Core

/// How a file of costs was understood: what people check before they trust its numbers.
public struct SheetMap: Hashable, Sendable {
  public var separator: String
  public var decimal: NumberForm
  /// Whether widths are in the header, with several points in a row.
  public var isWide: Bool
  /// Those that were read, in the order of the file.
  public var columns: [Column]
  /// Headers of columns that were not.
  public var ignored: [String]
  public var blankLines: Int
  /// Points whose costs are marked as not measured.
  public var notMeasured: Int

  /// One column.
  public struct Column: Hashable, Sendable {
    public var header: String
    /// As `docs/table.md` calls it.
    public var meaning: String
    /// What the file's numbers are in; nil for what is no cost.
    public var unit: String?
    /// The widths that the header names.
    public var precision: Precision?
  }

  init(_ header: SheetHeader, text: CSVText, decimal: NumberForm, notMeasured: Int, unit: CostUnit?) {
    separator = text.separator.name
    self.decimal = decimal
    isWide = header.isWide
    ignored = header.columns.filter { $0.meaning == .ignored }.map {
      $0.header.isEmpty ? "(no name)" : $0.header
    }
    blankLines = text.blankLines
    self.notMeasured = notMeasured
    columns = header.columns.compactMap { column in
      switch column.meaning {
      case .described(let name):
        // A column "layer" may hold names.
        let meaning = name == "layer" && header.identity == .names && !header.hasNumbers ? "name" : name
        return Column(header: column.header, meaning: meaning)
      case .cost(let metric, let stated, let precision):
        return Column(
          header: column.header, meaning: metric.key, unit: (stated ?? unit)?.name, precision: precision)
      case .unknownUnit, .ignored: return nil
      }
    }
  }

  /// Whether the file is as `docs/table.md` describes it, so that there is nothing to tell.
  public var isPlain: Bool {
    separator == "comma" && decimal == .point && !isWide && notMeasured == 0 && blankLines == 0
      && ignored.allSatisfy { $0.hasPrefix("x-") }
      && columns.allSatisfy { column in
        column.header == column.meaning || Metric.ofTargets.contains { $0.rawValue == column.header }
          || column.header == "cycles"
      }
  }
}
