import Core
public import Diagnostics
public import Foundation

extension TargetSpec {
  /// The schema that this version writes about and reads.
  public static let schema = SchemaVersion.target.text

  /// Reads and checks a spec file, named `file` in messages.
  ///
  /// Throws `Diagnostics` with every problem. Warnings arise only from files of a newer minor version.
  public static func read(
    _ bytes: Data, file: String
  ) throws -> (spec: TargetSpec, warnings: [Diagnostic]) {
    let value = try PositionedValue.read(bytes, file: file)
    let stem = URL(filePath: file).deletingPathExtension().lastPathComponent
    let read = try SchemaVersion.target.read(value, as: "the target spec") { spec(from: $0, stem: stem) }
    return (read.value, read.warnings)
  }

  private static func spec(from reader: ObjectReader, stem: String) -> TargetSpec? {
    // For editors; what it says changes nothing here.
    _ = reader.optional("$schema", .text)
    let id = reader.required("id", identifier(stem: stem))
    let name = reader.required("name", .text)
    let version = reader.required("version", .text)
    let summary = reader.required("summary", .text)
    let sources = reader.required("sources", sourcesForm)
    let evidence = reader.optional("evidence", evidenceForm(sources: sources))
    let batch = reader.required("batch", .integer(1...NetworkDocument.largestBatch))
    let capabilities = reader.required("capabilities", capabilitiesForm)
    let parameters = reader.optional("parameters", parametersForm).or([])
    let notes = reader.optional("parameter_notes", parameterNotesForm(for: parameters)).or([:])
    let model = reader.required("model", modelForm(within: capabilities, parameters: parameters))
    if let model, let capabilities { checkAggregates(of: capabilities, model, reader) }
    if case .predictor = model, let capabilities, Set(capabilities.aggregates.keys) != [.latency] {
      reader.problems.add(
        "a target of kind \"predictor\" states latency and nothing else",
        at: reader.value(of: "capabilities")?["metrics"]?.place ?? reader.place,
        hint: "Remove the other metrics.")
    }
    let checks = reader.optional(
      "checks", checksForm(within: capabilities, batch: batch ?? 1)
    ).or([])
    if case .function = model, checks == [] {
      reader.problems.add(
        "a target of kind \"function\" needs at least one entry in \"checks\": nothing else can show that the "
          + "signature is right", at: reader.value(of: "model")?.place ?? reader.place)
      return nil
    }

    let ranges = reader.optional("parameter_ranges", parameterRangesForm(of: parameters)).or([:])
    let tables = reader.optional("reference_tables", referenceTablesForm).or([])

    guard let id, let name, let version, let summary, let sources, let batch, let capabilities, let model,
      let parameters, let notes, let checks, let ranges, let tables
    else { return nil }
    return TargetSpec(
      id: id, name: name, version: version, summary: summary, sources: sources,
      evidence: evidence.value ?? (sources.isEmpty ? Evidence.ofAssumptions : nil), batch: batch,
      capabilities: capabilities, model: model, parameters: parameters, parameterNotes: notes,
      checks: checks, parameterRanges: ranges, referenceTables: tables)
  }

  /// Reports metrics of a network as a whole where only layers can be asked about.
  private static func checkAggregates(
    of capabilities: Capabilities, _ model: Model, _ reader: ObjectReader
  ) {
    switch model {
    case .plugin, .program: return
    case .table, .function, .predictor: break
    }
    let metrics = reader.value(of: "capabilities")?["metrics"]
    for metric in Metric.ofTargets where capabilities.aggregates[metric] == .network {
      reader.problems.add(
        "\"capabilities.metrics.\(metric.key).aggregate\" is \"network\", which needs a model of kind \"plugin\" "
          + "with the extension haq.network/1, or of kind \"program\"; a table, a function or a predictor knows the costs of layers only",
        at: metrics?[metric.key]?["aggregate"]?.place ?? reader.place,
        hint: "Write \"sum\" or \"max\" if that is how the costs of layers combine.")
    }
  }

  private static func isIdentifier(_ text: String) -> Bool {
    let hyphen = UInt8(ascii: "-")
    return (2...64).contains(text.utf8.count) && text.utf8.first != hyphen
      && text.utf8.allSatisfy { $0.isLowerCaseLetter || $0.isDigit || $0 == hyphen }
  }

  private static func identifier(stem: String) -> Form<String> {
    Form<String>.text.then { id, value, name, problems in
      guard isIdentifier(id) else {
        problems.add(
          "\(name) is \"\(id)\"; it must be 2 to 64 lower-case letters, digits or hyphens, not beginning "
            + "with a hyphen", at: value.place)
        return nil
      }
      guard id == stem else {
        problems.add(
          "\(name) is \"\(id)\", but the file is called \"\(stem).json\"", at: value.place,
          hint: "Rename one of them.")
        return nil
      }
      return id
    }
  }

  private static let source = Form<Source>.object { reader in
    let title = reader.required("title", .text)
    let url = reader.optional("url", .text)
    let doi = reader.optional("doi", .text)
    let usedFor = reader.optional("used_for", .text)
    return title.map { Source(title: $0, url: url.value, doi: doi.value, usedFor: usedFor.value) }
  }

  private static let sourcesForm = Form<[Source]> { value, name, problems in
    if case .text(let text) = value.content {
      if text == "assumption" { return [] }
      problems.add(
        "\(name) must be a list of sources, or the text \"assumption\"", at: value.place)
      return nil
    }
    return Form.list(of: source, count: 1...Int.max).read(value, name, problems)
  }
}
