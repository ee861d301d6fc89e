import ArgumentParser
import Core
import CostTables
import Diagnostics
import Documents
import Foundation
import Hashing
import Predictors
import Specs
import Targets
import Terminal

/// `haq fit`: makes a target that predicts layers nobody measured.
struct FitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit",
    abstract: "Fits a predictor of latencies to measured tables, and writes it as a target.",
    discussion: """
      The predictor is a roofline for each kind of layer and precision, and a Gaussian process on what it misses \
      (docs/predictor.md). It states how sure each latency is: haq cost shows intervals, and haq search --confidence \
      holds a budget with a probability.

      With --networks, what lies between layers is fitted to whole networks, too: fixed costs, what outputs take by \
      their bytes, and what it costs where formats change between layers. Then haq cost and budgets are of networks.

      haq predicts each layer from layers of other shapes, and of other tables where there are several, and reports \
      the errors. A predictor that is no better there than the roofline alone, or than --base, is not written.

      Examples:
        haq fit resnet.csv mobilenet.csv random.csv -o my-machine.json
        haq fit layers.csv random.csv --networks networks.json -o my-machine.json
      """)

  @Argument(
    help: ArgumentHelp(
      "Tables of measured latencies with the shapes of layers (docs/table.md); FILE=NETWORK names the network of a table "
        + "without shapes.", valueName: "table"))
  var tables: [String]

  @OptionGroup var options: TableOptions

  @Option(
    help: ArgumentHelp(
      "Whole networks that were measured (docs/measured-networks.md). May be given several times.",
      valueName: "file"))
  var networks: [String] = []

  @Option(help: ArgumentHelp("Target that the predictor must be better than.", valueName: "target"))
  var base: String?

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp(
      "Spec to write; its name without .json is the new target's id. The predictor is written to ID/predictor.json.",
      valueName: "file.json"))
  var output: String

  @Option(help: ArgumentHelp("Seed of the order in which points are held out.", valueName: "n"))
  var seed: UInt64 = 1

  @Flag(help: "Write the target even if it is not better.")
  var force = false

  @OptionGroup var access: TargetAccessOptions
  @OptionGroup var format: FormatOption

  func validate() throws {
    guard output.hasSuffix(".json") else {
      throw ValidationError("-o must name a spec file that ends in .json, not \"\(output)\".")
    }
  }

  func run() throws {
    try OutputFile.check(output)
    guard !FileManager.default.fileExists(atPath: output) else {
      throw Diagnostic(
        "the file exists already, and haq does not overwrite a spec", at: .init(file: output),
        hint: "Remove it, or give -o another name.")
    }
    let read = try tables.map(table)
    let base = try base.map { try latencies(of: access.target(named: $0), read.map(\.table)) }
    let measurements = try Measurements(read, seed: seed)
    let progress = ProgressLine()
    let fit = try PredictorFit(measurements, networks: try wholeNetworks()) {
      progress.show("fitting \($0)")
    }
    progress.clear()
    var document = FitDocument(fit, leftOut: measurements.leftOut, base: base, output: output)
    document.isWritten = document.isBetter || force
    if document.isWritten {
      let files = try fit.targetFiles(specAt: output, statement: document.statement)
      let folder = URL(filePath: files.predictorPath).deletingLastPathComponent()
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try OutputFile.write(files.predictor, to: files.predictorPath)
      try OutputFile.write(Data(files.spec.utf8), to: output)
    }
    for warning in document.warnings { Messages.warn([Diagnostic(warning)]) }
    try format.print(document, text: document.text)
    guard document.isWritten else {
      Messages.report(
        Diagnostic(
          "the predictor is not better than \(document.base) on held-out layers, so \(output) was not written",
          hint: "Measure more layers, check the tables with haq validate, or give --force."))
      throw ExitCode.failure
    }
  }

  /// What `--networks` names; nil without it.
  private func wholeNetworks() throws -> MeasuredNetworksDocument? {
    try networks.map { file in
      let (document, warnings) = try MeasuredNetworksDocument.read(InputFile.read(file), file: file)
      Messages.warn(warnings)
      return document
    }.reduce(nil) { all, next in all?.joined(to: next) ?? next }
  }

  /// One argument: a file, or `FILE=NETWORK`.
  private func table(_ argument: String) throws -> (table: LookupTable, origin: Predictor.Origin) {
    var (file, options) = (argument, options)
    if !FileManager.default.fileExists(atPath: argument), let mark = argument.lastIndex(of: "=") {
      file = String(argument[..<mark])
      options.network = String(argument[argument.index(after: mark)...])
    }
    let origin = Predictor.Origin(
      file: URL(filePath: file).lastPathComponent, sha256: try InputFile.read(file).sha256)
    return (try options.table(file), origin)
  }

  private func latencies(of target: Target, _ tables: [LookupTable]) throws -> FitDocument.Base {
    var latencies: [FitDocument.Base.Key: Double] = [:]
    for table in tables {
      let costs = try target.costTable(of: table.network, as: .layersAlone)
      for point in table.cells.keys {
        guard let run = LayerRun(table.network.layers[point.layer], batch: table.network.batch) else {
          continue
        }
        latencies[.init(run: run, precision: point.precision)] = costs.cost(
          .latency, layer: point.layer, underUniform: point.precision)
      }
    }
    return FitDocument.Base(name: target.spec.id, latencies: latencies)
  }
}
