import ArgumentParser
import Diagnostics
import HardwareModel
import Reports
import SpecLanguage
import Targets

/// `haq policy validate`: whether a policy fits a network and a target.
struct PolicyValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Checks a policy file against a network and, with --target, against what hardware can run.",
    discussion: "Example:\n  haq policy validate edited.json fashion-mobilenet-v2 --target bismo-zynq7020")

  @Argument(help: "The policy file.")
  var file: String

  @OptionGroup var network: NetworkArgument

  @Option(name: [.long, .short], help: "The id of a target, or the path of a spec file.")
  var target: String?

  func run() throws {
    let document = try PolicyFile(file).document
    guard let target else {
      let shapes = try network.resolve(defaultBatch: 1)
      _ = try document.policy(for: shapes, file: file)
      print("\(file) fits \(shapes.name), \(shapes.layers.count) layers")
      return
    }
    let chosen = try TargetOption.parse(["--target", target]).resolve()
    let shapes = try network.resolve(for: chosen)
    let policy = try document.policy(for: shapes, file: file)
    let table = try chosen.costTable(of: shapes)
    let problems = shapes.layers.indices.filter {
      table.cost(.latency, layer: $0, at: policy[$0]) == nil
    }.map { index in
      Diagnostic(
        "\(chosen.spec.id) cannot run layer \"\(shapes.layers[index].name)\" at \(policy[index])",
        at: document.layers[index].place ?? .init(file: file))
    }
    guard problems.isEmpty else { throw Diagnostics(problems) }
    let latency = table.total(.latency, of: policy).map { ", \(Quantity.seconds($0))" } ?? ""
    try table.demandNetworkCosts()
    print(
      "\(file) fits \(shapes.name) and \(chosen.spec.id)\(latency)\n" + TargetStamp(table).caution,
      terminator: "")
  }
}
