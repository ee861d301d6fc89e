import Core
import CostTables
import Diagnostics
import Specs
import Targets

/// The checks of a target whose costs are in a table.
struct TableChecks {
  private let target: Target
  private let table: TargetSpec.Table?
  private let sheet: Result<CostSheet, any Error>

  init(of target: Target) {
    self.target = target
    if case .table(let table) = target.spec.model { self.table = table } else { table = nil }
    sheet = Result { try target.costSheet() }
  }

  func outcome(of check: Check) -> Check.Outcome {
    switch sheet {
    case .failure(let error): return .withoutFile(error, of: check, reading: "table-reads")
    case .success(let sheet):
      let problem: (String) -> Check.Outcome = { .failed("\(sheet.file): \($0)") }
      switch check.id {
      case "files-trusted", "table-reads": return .passed
      case "pin-matches": return table?.sha256 == nil ? .skipped("the spec pins no table") : .passed
      case "table-metrics": return missingMetrics(of: sheet).map(problem) ?? .passed
      case "table-batch": return batch(of: sheet).map(problem) ?? .passed
      case "table-layers": return layers(of: sheet).map(problem) ?? .passed
      case "table-complete": return complete(sheet)
      case "reference-points": return references(sheet)
      default: return .of(check.id, TabulatedCosts(of: sheet, for: target.spec), problem)
      }
    }
  }

  private func missingMetrics(of sheet: CostSheet) -> String? {
    let missing = target.spec.capabilities.aggregates.keys.filter { !sheet.metrics.contains($0) }
    guard !missing.isEmpty else { return nil }
    return
      "lacks the columns \(missing.map(\.rawValue).sorted().joined(separator: ", ")), which the spec promises"
  }

  private func batch(of sheet: CostSheet) -> String? {
    guard let stated = sheet.batch, stated != target.spec.batch else { return nil }
    return "its costs are for batch \(stated); the spec says batch \(target.spec.batch)"
  }

  private func layers(of sheet: CostSheet) -> String? {
    guard sheet.identity != .shapes else { return nil }
    if table?.networkSHA256 == nil {
      return "does not describe the shapes of its layers, and the spec names no network by \"network_sha256\""
    }
    return target.spec.checks.isEmpty
      ? nil : "does not describe the shapes of its layers, so the spec's checks cannot be found in it"
  }

  /// Layers whose numbers leave a gap, and points that neither the table nor its spec's interpolation has.
  private func complete(_ sheet: CostSheet) -> Check.Outcome {
    let capabilities = target.spec.capabilities
    let layers = sheet.measuredLayers
    let numbers = Set(layers.compactMap(\.number))
    if let last = numbers.max(), numbers.count <= last {
      let absent = (0...last).filter { !numbers.contains($0) }
      return .failed(
        "\(sheet.file): has no row of layer \(absent.prefix(8).map(String.init).joined(separator: ", "))"
          + (absent.count > 8 ? ", ..." : "") + ", though it has layer \(last)")
    }
    let legal = capabilities.legalPairs
    if let problem = Self.outputs(of: layers, read: capabilities.activationWidths) {
      return .failed("\(sheet.file): \(problem)")
    }
    for layer in layers {
      let promised = layer.shape.map { capabilities.pairs(of: $0.kind) } ?? legal
      let missing = promised.filter {
        !layer.hasOutcome(at: $0, interpolating: table?.isInterpolated == true)
      }
      guard let first = missing.first else { continue }
      return .failed(
        "\(sheet.file): layer \(layer.title) has no cost at \(first)"
          + (missing.count > 1 ? " and \(missing.count - 1) more pairs" : "")
          + "; the spec promises them. Add the rows, or list the measured pairs in \"pairs\".")
    }
    if sheet.identity == .shapes {
      let kinds = Set(layers.compactMap { $0.shape?.kind })
      if let unused = kinds.subtracting(capabilities.layers).map(\.rawValue).min() {
        return .failed("\(sheet.file): has \(unused) layers, which the spec does not list in \"layers\"")
      }
      if let absent = capabilities.layers.first(where: { !kinds.contains($0) }) {
        return .failed(
          "\(sheet.file): has no \(absent.rawValue) layer, though the spec lists them in \"layers\"")
      }
    }
    let extra = layers.flatMap(\.precisions).first { !legal.contains($0) }
    return extra.map {
      .warning("\(sheet.file): has rows at \($0), which the spec does not promise, so they are never used")
    } ?? .passed
  }

  /// A layer that lacks a width at which its output may be stored: that of any reader, or 32 where nobody quantizes it.
  private static func outputs(of layers: [MeasuredLayer], read activations: [BitWidth]) -> String? {
    let stated = layers.filter { $0.output != nil }
    for layer in stated {
      let same = stated.filter { $0.number == layer.number && $0.name == layer.name }
      let outputs = Set(same.compactMap(\.output))
      guard outputs != [.float], let missing = activations.first(where: { !outputs.contains($0) }) else {
        continue
      }
      return
        "layer \(layer.name) has no rows with outputs of \(missing) bits, which a layer that reads them may have"
    }
    return nil
  }

  private func references(_ sheet: CostSheet) -> Check.Outcome {
    do {
      try target.verifyChecks(against: try target.tabulatedModel())
      return .passed
    } catch {
      // A wrong table breaks its reference points too; the check of what is wrong says more.
      let costs = TabulatedCosts(of: sheet, for: target.spec)
      let others = [
        missingMetrics(of: sheet), layers(of: sheet), batch(of: sheet), costs.freeWork, costs.implausibleUnit,
        costs.outlier,
      ]
      let isBlocked = others.contains { $0 != nil } || costs.widerIsCheaper.isFailure
      return isBlocked ? .blocked("another check of the table fails") : .failed("\(error)")
    }
  }
}

extension Check.Outcome {
  /// The checks about the size of the costs.
  fileprivate static func of(
    _ id: String, _ costs: TabulatedCosts, _ problem: (String) -> Check.Outcome
  ) -> Check.Outcome {
    switch id {
    case "table-work": return costs.freeWork.map(problem) ?? .passed
    case "table-units": return costs.implausibleUnit.map(problem) ?? .passed
    case "table-outliers": return costs.outlier.map(problem) ?? .passed
    case "table-wider": return costs.widerIsCheaper
    default: return .failed("there is no check \(id)")
    }
  }
}
