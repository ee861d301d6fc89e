import Core
import CostPrograms
import FixtureBuilding
import Foundation
import Targets
import Testing

@Suite("Targets that are programs", .serialized) struct ProgramTargetTests {
  private let fake: FakeProgram
  private let network = Network(
    name: "n", batch: 2,
    layers: [3, 5, 3].enumerated().map { index, inputs in
      Layer(name: "l\(index)", kind: .fullyConnected, inputChannels: inputs, outputChannels: 1)
    })

  private static let body = """
    if r["method"] == "network":
        say({"cost": {"latency_s": 7.0 * len(r["parameters"]["layers"])}})
        continue
    for i, p in enumerate(points(r)):
        say({"point": i, "cost": {"latency_s": seconds(p) * r["parameters"]["batch"]}})
    say({"done": True})
    """

  init() throws { fake = try FakeProgram(Self.body) }

  private func target(
    _ fake: FakeProgram? = nil, from origin: SearchPath.Origin = .commandLine, aggregate: String = "sum",
    _ change: (String) -> String = { $0 }
  ) throws -> Target {
    let spec = change(
      """
      {
        "schema": "haq.target/1.0", "id": "t", "name": "T", "version": "1", "summary": "s",
        "sources": "assumption", "batch": 2,
        "capabilities": {
          "layers": ["fully-connected"], "weight_bits": [4, 8], "activation_bits": [4, 8],
          "pairs": "equal", "other_widths": "reject", "metrics": { "latency": { "aggregate": "\(aggregate)" } }
        },
        "model": { "kind": "program", "command": ["\(FakeProgram.python)", "fake.py"], "timeout_s": 30 }
      }
      """.replacing("\"id\": \"t\"", with: "\"id\": \"t2\""))
    let file = try (fake ?? self.fake).folder.write(spec, to: "t2.json")
    return try Target(file: file, origin: origin, program: "/haq")
  }

  @Test("are asked about each different layer once, in this run and in later ones")
  func once() throws {
    for _ in 1...2 {
      let table = try target().costTable(of: network)
      let policy = Policy.uniform(.eight, layerCount: 3)
      // (3 + 5 + 3) x 8 bits x 1e-9 s for each of 2 samples.
      #expect(abs(try #require(try table.total(.latency, of: policy)) - 176e-9) < 1e-15)
    }
    // Two different layers at W4A4 and W8A8.
    #expect(try fake.asked() == [4])
    #expect(FileManager.default.fileExists(atPath: try target().answersPath))
  }

  @Test("are asked again when their file, their parameters or their command changes")
  func changes() throws {
    _ = try target().costTable(of: network)
    _ = try target { $0.replacing("\"model\"", with: "\"parameters\": { \"a\": 1 }, \"model\"") }
      .costTable(of: network)
    _ = try target { $0.replacing("\"fake.py\"", with: "\"fake.py\", \"--fast\"") }.costTable(of: network)
    let script = try String(contentsOfFile: fake.folder.path("fake.py"), encoding: .utf8)
    try fake.folder.write(script + "# changed\n", to: "fake.py")
    _ = try target().costTable(of: network)
    #expect(try fake.asked() == [4, 4, 4, 4])
    // Going back finds what was recorded.
    try fake.folder.write(script, to: "fake.py")
    _ = try target().costTable(of: network)
    #expect(try fake.asked() == [4, 4, 4, 4])
  }

  @Test("say what a network costs as a whole, once for each policy")
  func wholeNetwork() throws {
    let fake = try FakeProgram(
      description: FakeProgram.description.replacing("\"measured\"", with: "\"network\":true,\"measured\""),
      Self.body)
    for _ in 1...2 {
      let table = try target(fake, aggregate: "network").costTable(of: network)
      #expect(try table.total(.latency, of: .uniform(.eight, layerCount: 3)) == 21)
    }
    let requests = try String(contentsOfFile: fake.folder.path("requests"), encoding: .utf8)
    #expect(requests.split(separator: "\n").count { $0.contains("\"method\":\"network\"") } == 1)
  }

  @Test(
    "run from a spec that the user named or put into a folder of targets",
    arguments: [SearchPath.Origin.commandLine, .replaced, .added, .userData])
  func allowed(origin: SearchPath.Origin) throws {
    #expect(try target(from: origin).programModel().description.program == "fake 1")
  }

  @Test(
    "do not run from a spec that somebody else put where haq searches",
    arguments: [SearchPath.Origin.systemData, .besideProgram, .checkout])
  func refused(origin: SearchPath.Origin) throws {
    let target = try target(from: origin)
    #expect(throws: TargetError.programNotAllowed(target: "t2", file: target.file)) {
      try target.programModel()
    }
    #expect(!FileManager.default.fileExists(atPath: fake.folder.path("starts")))
  }

  @Test("do not run when another user could have changed a file of theirs")
  func untrusted() throws {
    let script = fake.folder.path("fake.py")
    try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: script)
    let error = #expect(throws: TargetError.self) { try target().programModel() }
    guard case .untrusted = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(
    "must have what their spec promises",
    arguments: [
      ("bits\": [4, 8]", "bits\": [2, 8]", "the widths W2A2"),
      ("[\"fully-connected\"]", "[\"fully-connected\", \"depthwise\"]", "layers of the kinds depthwise"),
      ("\"latency\":", "\"energy\": { \"aggregate\": \"sum\" }, \"latency\":", "the metrics energy"),
      ("\"sum\"", "\"network\"", "costs of networks as a whole"),
    ])
  func promises(old: String, new: String, words: String) throws {
    let target = try target { $0.replacing(old, with: new) }
    let error = #expect(throws: TargetError.self) { try target.programModel() }
    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
  }

  @Test("that are not there are named with where they were looked for")
  func missing() throws {
    let target = try target { $0.replacing(FakeProgram.python, with: "./none") }
    let error = #expect(throws: TargetError.self) { try target.programModel() }
    #expect(error?.description.contains("Looked at:\n  \(fake.folder.path)/./none") == true)
  }
}
