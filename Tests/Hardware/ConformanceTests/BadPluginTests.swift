import Conformance
import FixtureBuilding
import Foundation
import Testing

/// The checker is checked: each fault of Tests/Fixtures/BadPlugins/bad.c fails exactly the check that it is named for.
@Suite("Bad plugins")
struct BadPluginTests {
  /// Checks of the spec and its files, which no plugin can fail; they have tests of their own.
  static let aboutFiles: Set = ["spec-valid", "sources-stated", "files-trusted", "pin-matches"]
  /// Checks that skip a target without costs of networks as a whole; `NetworkCheckTests` has them.
  static let aboutNetworks = Set(Check.all.filter { $0.group == .network }.map(\.id))

  /// Checks of other models; `SpoiltTableTests`, `SpoiltFunctionTests` and `SpoiltProgramTests` have them.
  static let aboutOthers = Set(
    Check.all.filter { [.table, .functions, .program].contains($0.group) }.map(\.id))

  @Test(
    "fail exactly the check that they are bad at",
    arguments: Check.all.map(\.id).filter { id in
      ![aboutFiles, aboutNetworks, aboutOthers].contains { $0.contains(id) }
    })
  func exactlyOne(check id: String) throws {
    try expectOnly(id, fault: id.uppercased().replacing("-", with: "_"))
  }

  @Test(
    "of other faults in what they say beside costs fail the check that is about it",
    arguments: [
      ("BREAKDOWN_BOUND", "breakdown-answers"), ("BREAKDOWN_UNWRITTEN", "breakdown-answers"),
      ("BREAKDOWN_OTHER_BOUND", "breakdown-fits"), ("COMPONENTS_UNIT", "components-listed"),
      ("COMPONENTS_UNWRITTEN", "components-add-up"), ("COMPONENTS_OVERRUN", "components-add-up"),
      ("RESOURCES_NAMED", "resources-listed"), ("OUTPUT_WIDTHS_32", "output-widths"),
    ])
  func extensions(fault: String, check id: String) throws { try expectOnly(id, fault: fault) }

  @Test(
    "that cost a window as another one fail the check that is about it",
    arguments: ["WINDOW_AS_STRIDE", "WINDOW_NEGATIVE"])
  func windows(fault: String) throws { try expectOnly("unusual-windows", fault: fault) }

  private func expectOnly(_ id: String, fault: String) throws {
    let results = try CheckedTarget(defines: ["FAULT_" + fault]).run()
    let found = results.filter { $0.outcome.isFailure || $0.outcome.word == "warning" }
    #expect(found.map(\.check.id) == [id], "\(found.map { "\($0.check.id): \($0.outcome)" })")
  }

  @Test("are told apart from a good one, which passes everything")
  func good() throws {
    for result in try CheckedTarget(defines: []).run() {
      switch result.outcome {
      case .passed: break
      case .skipped:
        let skipped = Self.aboutNetworks.union(Self.aboutOthers).union([
          "pin-matches", "parallel-evaluate", "output-widths", "formats",
        ])
        #expect(skipped.contains(result.check.id))
      default: Issue.record("\(result.check.id): \(result.outcome)")
      }
    }
  }

  @Test("that crash or hang end their check, and no other")
  func endings() throws {
    #expect(try CheckedTarget(defines: ["FAULT_OTHER_WIDTHS"]).outcome(of: "other-widths").word == "crashed")
    let cancels = try CheckedTarget(defines: ["FAULT_CANCELS"], timeoutSeconds: 0.5)
    #expect(cancels.outcome(of: "cancels").word == "timed out")
    #expect(cancels.outcome(of: "repeat") == .passed)
  }
}

/// A spec and a plugin that are made for checking, in a folder that goes with this object.
final class CheckedTarget {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }
  private let timeoutSeconds: Double

  init(
    defines: [String], timeoutSeconds: Double = 10, sources: String = "[{ \"title\": \"by hand\" }]",
    model: String = "", source: String = "bad.c", aggregate: String = "sum"
  )
    throws
  {
    temporary = try TemporaryFolder()
    self.timeoutSeconds = timeoutSeconds
    let library = try FixtureLibrary("../BadPlugins/\(source)", defines: defines)
    try FileManager.default.copyItem(atPath: library.path, toPath: "\(folder)/libbad.so")
    // By hand: 64 x 16 products of 4 x 8 bits for 2 samples, at 10^12 a second, twice.
    let spec = """
      {
        "schema": "haq.target/1.0", "id": "bad", "name": "Bad", "version": "1", "summary": "s",
        "sources": \(sources), "batch": 2,
        "capabilities": {
          "layers": ["convolution", "depthwise", "fully-connected"], "weight_bits": [2, 4, 8],
          "activation_bits": [2, 4, 8], "pairs": "all", "other_widths": "reject",
          "metrics": { "latency": { "aggregate": "\(aggregate)" }, "weight_bytes": { "aggregate": "sum" } }
        },
        "model": { "kind": "plugin", "library": "libbad.so", "abi": "1.1"\(model) },
        "parameters": { "scale": 2 },
        "checks": [{
          "name": "one", "layer": { "kind": "fully-connected", "in_channels": 64, "out_channels": 16 },
          "weight_bits": 4, "activation_bits": 8, "expect": { "latency_s": 1.31072e-7 }, "tolerance": 0.05,
          "source": "by hand: 64 x 16 x 2 x 4 x 8 x 2 / 1e12" }]
      }
      """
    try Data(spec.utf8).write(to: URL(filePath: "\(folder)/bad.json"))
  }

  var file: String { "\(folder)/bad.json" }
  var library: String { "\(folder)/libbad.so" }

  func run(_ checks: [Check] = Check.all) -> [ConformanceRun.Result] {
    let program = (try? Places.builtLibrary("haq-sandbox")) ?? "/haq-sandbox"
    return ConformanceRun(specFile: file, program: program, timeoutSeconds: timeoutSeconds).run(checks)
  }

  func outcome(of id: String) -> Check.Outcome {
    run(Check.all.filter { $0.id == id }).first?.outcome ?? .failed("there is no check \(id)")
  }
}
