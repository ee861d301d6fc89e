import Core
import Foundation
import Rendering
import Targets

extension TargetDescriptionDocument {
  /// Sections for a terminal.
  public var text: String {
    [head, modelText, resourcesText, sourcesText, parametersText, checksText].filter { !$0.isEmpty }.joined(
      separator: "\n")
  }

  private var head: String {
    let kinds = layers.map(\.rawValue).joined(separator: ", ")
    let costs = Metric.allCases.compactMap { metric in
      metrics[metric.key].map { "\(metric.key) (\($0.rawValue) over layers)" }
    }.joined(separator: ", ")
    return """
      \(id): \(name), version \(version)
      \(summary)

        spec         \(file) (\(foundIn.rawValue))
                     SHA-256 \(specSHA256)
        batch        \(batch)
        layers       \(kinds)
        \(formats)
        metrics      \(costs)
        evidence     \(evidence.map { "\($0.status.rawValue): \($0.statement)" } ?? "the spec states none")

      """
  }

  private var formats: String {
    guard let precisions else {
      return """
        weights      \(weightBits.rangeText)
          activations  \(activationBits.rangeText)\(referenceLine)
        """
    }
    let pairs = precisions.map { part in
      part.pair + (part.layers.map { " (\($0.map(\.rawValue).joined(separator: ", ")))" } ?? "")
    }
    return "pairs        \(pairs.joined(separator: ", "))\(referenceLine)"
  }

  private var referenceLine: String {
    (reference.map { "\n  reference    \($0)" } ?? "")
      + (ends?.first.map { "\n  first layer  \($0)" } ?? "")
      + (ends?.last.map { "\n  last layer   \($0)" } ?? "")
  }

  private var modelText: String {
    var lines = ["Model: \(model.kind)"]
    lines += model.details.sorted { $0.key < $1.key }.map { "  \($0): \($1)" }
    if let file = model.file { lines.append("  file: \(file)") }
    if let sha256 = model.sha256 {
      lines.append(
        "  SHA-256 \(sha256), \(model.isPinned ? "pinned by the spec" : "not pinned by the spec")")
    }
    if let problem = model.problem { lines.append("  cannot be used: \(problem)") }
    return lines.joined(separator: "\n") + "\n"
  }

  private var resourcesText: String {
    guard !resources.isEmpty else { return "" }
    var table = TextTable([
      .init("resource"), .init("used, estimated", .right), .init("of the device's", .right),
      .init("share", .right),
    ])
    for resource in resources {
      table.add([
        resource.name, String(format: "%.0f", resource.used), String(format: "%.0f", resource.capacity),
        Quantity.percent(resource.share),
      ])
    }
    return table.text
  }

  private var sourcesText: String {
    if sources.isEmpty { return "Sources: none; every number is an assumption\n" }
    var lines = ["Sources"]
    for source in sources {
      let place = source.doi.map { "doi:\($0)" } ?? source.url
      lines.append("  \(source.title)\(place.map { ", \($0)" } ?? "")")
      if let usedFor = source.usedFor { lines.append("    for \(usedFor)") }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var parametersText: String {
    guard !parameters.isEmpty else { return "" }
    let hasSources = parameters.contains { $0.source != nil }
    var table = TextTable(
      [.init("parameter"), .init("value", .right), .init("unit")] + (hasSources ? [.init("source")] : []))
    for parameter in parameters {
      table.add(
        [parameter.key, parameter.value.text, parameter.unit ?? ""]
          + (hasSources ? [parameter.source ?? ""] : []))
    }
    return table.text
  }

  private var checksText: String {
    guard !checks.isEmpty else { return "Checks: none\n" }
    var lines = ["Checks, which must hold before a cost is used"]
    for check in checks {
      let costs = Metric.allCases.compactMap { metric in
        check.expected[metric].map { "\(metric.key) \(Quantity.cost($0, metric))" }
      }.joined(separator: ", ")
      lines.append(
        "  \(check.name): \(check.layer) at \(check.bits): \(costs), within a share of \(check.tolerance)")
      lines.append("    \(check.source)")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
