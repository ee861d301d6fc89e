import Core
import Documents
import FixtureBuilding
import Foundation
import Testing

final class TargetsCommandTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }
  private var specs: String { "\(Places.package)/hardware-specs" }

  init() throws {
    temporary = try TemporaryFolder()
    // Which shells of tests name as a place of targets.
    try FileManager.default.createDirectory(atPath: "\(folder)/my-specs", withIntermediateDirectories: false)
  }

  @Test("explain gives every file a verdict and a reason")
  func explain() throws {
    try Data("{".utf8).write(to: URL(filePath: "\(folder)/broken.json"))
    try Data().write(to: URL(filePath: "\(folder)/notes.txt"))
    let bytes = try Data(contentsOf: URL(filePath: "\(specs)/bismo-vu9p.json"))
    try bytes.write(to: URL(filePath: "\(folder)/bismo-vu9p.json"))
    let run = try ProgramRun(["targets", "explain"], environment: ["HAQ_TARGETS": "\(folder):\(specs)"])
    #expect(run.exitCode == 0)
    let lines = run.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    #expect(lines.contains("1. \(folder) (HAQ_TARGETS)"))
    #expect(lines.contains("bismo-vu9p.json: used as bismo-vu9p"))
    #expect(lines.contains("notes.txt: ignored; its name does not end in .json"))
    #expect(lines.contains { $0.hasPrefix("broken.json: unusable; ") && $0.contains("is never closed") })
    #expect(
      lines.contains(
        "bismo-vu9p.json: shadowed as bismo-vu9p; \(folder)/bismo-vu9p.json describes the same id and came first"
      )
    )
    #expect(lines.contains { $0.hasPrefix("note: HAQ_TARGETS is set") })
  }

  @Test(
    "root reads specs of another user where that user owns the program, as in a container with a mounted checkout",
    .enabled(if: geteuid() == 0, "needs root"))
  func mountedCheckout() throws {
    let script = """
      mkdir mounted
      cp '\(specs)/bismo-vu9p.json' mounted/bismo-vu9p.json
      chown -R 22222 mounted
      haq targets show mounted/bismo-vu9p.json --format json
      """
    let foreign = try ShellRun(script.replacing("mounted", with: "foreign"), in: folder)
    #expect(foreign.exitCode == 1 && foreign.errors.contains("belongs to user 22222"), "\(foreign.errors)")
    let own = try ShellRun(
      script.replacing("haq targets", with: "cp $(command -v haq) mounted/haq; mounted/haq targets"),
      in: folder)
    #expect(own.exitCode == 0, "\(own.errors)")
  }

  @Test("explain of one target says where its library was looked for; of none, that it fails")
  func explainOne() throws {
    let run = try ProgramRun(["targets", "explain", "bismo-vu9p"])
    #expect(run.exitCode == 0)
    #expect(run.output.contains("\(specs)/libbismo.so: absent"))
    #expect(run.output.contains("/libbismo.so: used; SHA-256 "))
    #expect(run.output.contains("/lib/haq/libbismo.so: not looked at; the one above was found"))
    #expect(!run.output.contains("bismo-zynq7020"))
    let none = try ProgramRun(["targets", "explain", "bismo-vu9"])
    #expect(none.exitCode == 1)
    #expect(none.errors.contains("Did you mean \"bismo-vu9p\"?"))
  }

  @Test("show has units, sources, the library's hash and the checks")
  func show() throws {
    let run = try ProgramRun(["targets", "show", "bismo-vu9p", "--format", "json"])
    let target = try run.document(TargetDescriptionDocument.self)
    let units = Dictionary(uniqueKeysWithValues: target.parameters.map { ($0.key, $0.unit) })
    #expect(units["clock_hz"] == "Hz")
    #expect(units["weights.stream_bits_per_cycle"] == "bit/cycle")
    #expect(units["array.rows"] == .some(nil))
    #expect(target.model.kind == "plugin" && target.model.sha256?.count == 64)
    #expect(!target.checks.isEmpty && !target.sources.isEmpty)
    let text = try ProgramRun(["targets", "show", "bismo-vu9p"]).output
    #expect(text.contains("Checks, which must hold before a cost is used"))
    #expect(text.contains("not pinned by the spec"))
  }

  @Test("show has what an overlay takes of its device")
  func resources() throws {
    let run = try ProgramRun(["targets", "show", "bismo-ultra96", "--resources", "--format", "json"])
    let resources = try run.document(TargetDescriptionDocument.self).resources
    let lut = try #require(resources.first { $0.name == "LUT" })
    // Plugins/bismo/README.md: 10 x 10 units of 1.17 x 256 + 44.1 + 120.1; the device has 70,560 (DS891).
    #expect(abs(lut.used - 46_372) <= 1 && lut.capacity == 70_560)
    #expect(
      try ProgramRun(["targets", "show", "bismo-ultra96", "--resources"]).output.contains("used, estimated"))
    #expect(try !ProgramRun(["targets", "show", "bismo-ultra96"]).output.contains("used, estimated"))
    #expect(
      try !ProgramRun(["targets", "show", "nvidia-t4", "--resources"]).output.contains("used, estimated"))
  }

  @Test("list, explain and show load no library, show with --resources does")
  func loading() throws {
    let library = try FixtureLibrary(defines: ["FIXTURE_CONSTRUCTOR=puts(\"footprint\")"])
    try FileManager.default.copyItem(atPath: library.path, toPath: "\(folder)/libbismo.so")
    let text = String(
      decoding: try Data(contentsOf: URL(filePath: "\(specs)/bismo-vu9p.json")), as: UTF8.self)
    let path = "\(folder)/bismo-vu9p.json"
    try Data(text.utf8).write(to: URL(filePath: path))
    let quiet = [
      ["targets"], ["targets", "explain"], ["targets", "explain", "bismo-vu9p"],
      ["targets", "show", "bismo-vu9p"],
      ["targets", "show", path],
    ]
    for arguments in quiet {
      let run = try ProgramRun(arguments, environment: ["HAQ_TARGETS": folder])
      #expect(run.exitCode == 0 && run.output.contains("bismo-vu9p"))
      #expect(!(run.output + run.errors).contains("footprint"))
    }
    let show = try ProgramRun(["targets", "show", path, "--resources"])
    #expect((show.output + show.errors).contains("footprint"))
  }

  @Test("a target whose library is missing is shown, with what is wrong")
  func showWithoutLibrary() throws {
    let text = String(
      decoding: try Data(contentsOf: URL(filePath: "\(specs)/bismo-vu9p.json")), as: UTF8.self)
    try Data(text.replacing("libbismo.so", with: "libabsent.so").utf8)
      .write(to: URL(filePath: "\(folder)/bismo-vu9p.json"))
    let run = try ProgramRun(["targets", "show", "\(folder)/bismo-vu9p.json"])
    #expect(run.exitCode == 0)
    #expect(run.output.contains("cannot be used: the library libabsent.so of target"))
  }
}
