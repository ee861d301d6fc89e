import ArgumentParser
import Core
import CostPrograms
import CostTables
import Diagnostics
import Documents
import EvaluatorArguments
import Foundation
import Hashing
import Measuring
import Specs
import Targets
import Terminal

/// `haq measure`: what layers cost on a device, as a table.
struct MeasureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure",
    abstract: "Measures what layers cost on a device, through a cost program, and writes a table.",
    discussion: """
      The layers are those of the networks, each shape once, and random ones. They are measured in random order; \
      latencies that are not sure enough are measured again, and a sample once more at the end, which says how repeatable \
      the table is. --plan active begins with 40 random layers, fits the predictor of haq fit, and goes on with those about \
      which it is least sure, until its mean error on the random ones, each predicted without its shape, is at most --until. \
      Every answer is recorded as it comes, in ID.answers beside the spec: Ctrl-C and kill -9 lose nothing, \
      and the same command goes on.

      With --policy or --bits it runs a whole exported network instead, and prints predicted against measured. With --study \
      it runs what a search found, and keeps the figures in the study. With --mixes it runs networks under uniform policies \
      and random mixes, for haq fit --networks.

      --program-launcher runs the cost program on the machine of a Slurm or Ray cluster that has the device. When its job \
      waits, it is waited for; when it is cancelled, preempted or its machine fails, it is started again and asked for the rest.

      Examples:
        haq measure --target my-cpu.json --network mobilenet-v2 -o table.csv
        haq measure --target my-cpu.json --network mobilenet-v2 --network resnet-18 --plan random:300 -o table.csv
        haq measure --target my-cpu.json --plan random:100 --precision 1% --only W8A8 -o table.csv
        haq measure --target my-cpu.json --plan active --until 10% --only W8A8 -o table.csv
        haq measure --target my-cpu.json --network fashion-mobilenet-v2 --bits W8A8
        haq measure --target my-cpu.json --study edge-run
        haq measure --target my-cpu.json --network fashion-mobilenet-v2 --mixes 12 -o networks.json
        haq measure --target my-gpu.json --network mobilenet-v2 -o gpu.csv --program-launcher gpu-node.json
      """)

  @OptionGroup(title: OptionTitle.networkAndTarget) var target: TargetOption
  @OptionGroup(title: OptionTitle.networkAndTarget) var batch: BatchOption
  @OptionGroup(title: OptionTitle.networkAndTarget) var plan: MeasuringPlanOptions
  @OptionGroup(title: "Measurement") var measurement: MeasurementOptions
  @OptionGroup(title: OptionTitle.networkAndTarget) var whole: WholeNetworkOptions
  @OptionGroup(title: OptionTitle.networkAndTarget) var mixed: MixedNetworksOptions
  /// What exports are calibrated on.
  @OptionGroup(title: "Data") var data: DataArguments
  @OptionGroup(title: OptionTitle.output) var table: TableOutputOption
  @OptionGroup(title: OptionTitle.output) var force: ForceOption
  @OptionGroup(title: OptionTitle.output) var format: FormatOption

  /// `-o`, which a whole network does not have.
  struct TableOutputOption: ParsableArguments {
    @Option(
      name: [.customShort("o"), .long],
      help: ArgumentHelp(
        "Table to write, a .csv file; with --mixes the measured networks, a .json file.", valueName: "file"))
    var output: String?
  }

  func validate() throws {
    if whole.areGiven { return try validateWholeNetwork() }
    guard whole.predictedBy == nil else {
      throw ValidationError("--predicted-by is for --policy, --bits or --study; give one of them.")
    }
    if mixed.mixes != nil { return try validateMixes() }
    guard whole.exported == nil else {
      throw ValidationError("--exported is the network under --policy, --bits or --study; give one of them.")
    }
    guard !plan.networks.isEmpty || plan.plan != nil else {
      throw ValidationError(
        "Give layers to measure: --network NETWORK, --plan random:N or --plan active, or both.")
    }
    guard let output = table.output else {
      throw ValidationError("Give the table to write: -o table.csv.")
    }
    guard output.lowercased().hasSuffix(".csv") || output.hasPrefix("/dev/") else {
      throw ValidationError("The table is a .csv file; haq table convert makes others of it.")
    }
  }

  private func validateWholeNetwork() throws {
    if whole.study != nil {
      guard plan.networks.isEmpty, plan.plan == nil, whole.policy.policy == nil, whole.policy.bits == nil,
        batch.batch == nil
      else {
        throw ValidationError(
          "--study names the network, its batch and its policy; leave out --network, --plan, --batch, --policy and --bits."
        )
      }
    } else {
      guard plan.networks.count == 1, plan.plan == nil else {
        throw ValidationError("--policy and --bits run one network; give one --network and no --plan.")
      }
    }
    guard table.output == nil else {
      throw ValidationError(
        "A whole network makes no table; leave out --output, or --policy, --bits and --study.")
    }
    guard mixed.mixes == nil else {
      throw ValidationError("--mixes makes policies; leave it out, or --policy, --bits and --study.")
    }
  }

  private func validateMixes() throws {
    guard !plan.networks.isEmpty, plan.plan == nil else {
      throw ValidationError("--mixes runs whole networks; give --network NETWORK and no --plan.")
    }
    guard whole.exported == nil else {
      throw ValidationError("--mixes exports the networks itself; leave out --exported.")
    }
    guard let output = table.output, output.lowercased().hasSuffix(".json") || output.hasPrefix("/dev/")
    else {
      throw ValidationError("Give the file to write: -o networks.json.")
    }
  }

  func run() throws {
    let target = try target.resolve()
    guard target.isProgram else {
      throw Diagnostic(
        "target \"\(target.spec.id)\" is not measured: its costs do not come from a program",
        at: .init(file: target.file),
        hint:
          "Give a target whose model is a program (docs/cost-programs.md), or write its table: haq table build."
      )
    }
    Interrupt.watch()
    guard let output = table.output else { return try runWholeNetwork(on: target) }
    try OutputFile.check(output, readOnlyFiles: force.readOnlyFiles)
    if mixed.mixes != nil {
      let document = try mixed.measured(
        plan, measurement, on: target, batch: batch.batch, calibratedOn: data,
        to: (file: output, readOnlyFiles: force.readOnlyFiles))
      return try format.print(document, text: document.text)
    }
    let plan = try plan.plan(for: target, batch: batch.batch)
    let session = MeasuringSession(
      try target.answeredProgram(),
      measurement.run(of: plan.layers.most, seed: self.plan.seed), choosing: plan.layers.active,
      isHere: target.programPlace.isHere)
    let progress = MeasuringProgress()
    defer { progress.clear() }
    let end = try session.measure(onProgress: progress.show, onRound: progress.show)
    progress.clear()
    let bytes = Data(session.measurements.csv.utf8)
    try OutputFile.write(bytes, to: output, readOnlyFiles: force.readOnlyFiles)
    let document = MeasurementDocument(
      session, of: MeasuredTargetPart(target.spec, specSHA256: target.specSHA256, session.model.description),
      networks: plan.networks, in: WrittenTable(file: output, sha256: bytes.sha256, unit: .seconds))
    try format.print(document, text: document.text)
    if case .failed(let error) = end { throw error }
    if case .interrupted = end {
      Messages.note("ended early; the same command goes on where it was")
      throw ExitCode(Interrupt.exitCode)
    }
  }

  private func runWholeNetwork(on target: Target) throws {
    guard let study = whole.study else {
      let document = try whole.measured(
        plan.networks[0], on: target, batch: batch.batch, calibratedOn: data)
      return try format.print(document, text: document.text)
    }
    let (document, search) = try whole.measured(studied: study, on: target)
    // First, so that a study which cannot be written loses nothing that was measured.
    try format.print(document, text: document.text)
    try search.keep(document)
  }
}
