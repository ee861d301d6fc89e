import Diagnostics
import FixtureBuilding
import Foundation
import SchemaValidation
import Specs
import Testing
import WorkerLaunchers

struct LauncherOptionsTests {
  private func read(_ text: String, for launcher: String? = "slurm") throws -> LauncherOptions {
    try LauncherOptions.read(Data(text.utf8), file: "l.json", for: launcher).options
  }

  private func problems(_ text: String, for launcher: String? = "slurm") throws -> [String] {
    let thrown = #expect(throws: Diagnostics.self) { try read(text, for: launcher) }
    return try #require(thrown).all.map(\.description)
  }

  @Test("every key of Slurm is read")
  func slurm() throws {
    let document = try read(
      """
      {"schema": "haq.launcher/1.0", "launcher": "slurm", "gpus": 1, "cpus": 8, "attempts": 3,
       "partition": "gpu", "time_limit_min": 240, "arguments": ["--constraint=a100"]}
      """)
    #expect((document.gpus, document.cpus, document.attempts) == (1, 8, 3))
    #expect(
      document.launcher
        == .slurm(.init(partition: "gpu", timeLimitMinutes: 240, arguments: ["--constraint=a100"])))
  }

  @Test("a file of either launcher is read where none is asked for, and no other")
  func either() throws {
    #expect(
      try read(#"{"schema": "haq.launcher/1.0", "launcher": "slurm"}"#, for: nil).launcher == .slurm(.init()))
    #expect(
      try read(#"{"schema": "haq.launcher/1.0", "launcher": "ray"}"#, for: nil).launcher == .ray(.init()))
    let problem = try problems(#"{"schema": "haq.launcher/1.0", "launcher": "lsf"}"#, for: nil)
    #expect(problem.count == 1 && problem[0].hasPrefix("l.json:1:44: error:") && problem[0].contains("lsf"))
  }

  @Test("every key of Ray is read; what is absent has the values of the page")
  func ray() throws {
    let document = try read(
      #"{"schema": "haq.launcher/1.0", "launcher": "ray", "address": "10.0.0.5:6379", "python": "venv/bin/python"}"#,
      for: "ray")
    #expect(document.launcher == .ray(.init(address: "10.0.0.5:6379", python: "venv/bin/python")))
    let least = try read(#"{"schema": "haq.launcher/1.0", "launcher": "ray"}"#, for: "ray")
    #expect(least.launcher == .ray(.init(address: "auto", python: "python3")))
    #expect(least.attempts == 10 && least.gpus == nil && least.cpus == nil)
  }

  @Test("all problems of a file come together, each at its place")
  func several() throws {
    let found = try problems(
      """
      {"schema": "haq.launcher/1.0", "launcher": "slurm", "gpus": -1,
       "partitoin": "gpu",
       "time_limit_min": 1.5, "arguments": ["--mem=4G", "gpu"]}
      """)
    try #require(found.count == 4, "\(found)")
    #expect(found[0].hasPrefix("l.json:1:61: error: \"gpus\" is -1; it must be a whole number 0 to 1024"))
    #expect(found[1].hasPrefix("l.json:2:2: error: the launcher options has no key \"partitoin\""))
    #expect(found[1].contains("Did you mean \"partition\"?"))
    #expect(found[2].hasPrefix("l.json:3:20: error: \"time_limit_min\" is 1.5; it must be a whole number"))
    #expect(
      found[3].hasPrefix("l.json:3:51: error: \"arguments[1]\" is \"gpu\"; each entry is one option of srun"))
  }

  @Test("a key of the other launcher, a file of the other launcher, and another schema are refused")
  func others() throws {
    #expect(
      try problems(#"{"schema": "haq.launcher/1.0", "launcher": "ray", "partition": "gpu"}"#, for: "ray")[0]
        .contains("has no key \"partition\""))
    let other = try problems(#"{"schema": "haq.launcher/1.0", "launcher": "ray", "address": "a"}"#)
    #expect(other.count == 1)
    #expect(
      other[0].hasPrefix("l.json:1:44: error: \"launcher\" is \"ray\"; --worker-launcher is slurm"),
      "\(other)")
    #expect(
      try problems(#"{"schema": "haq.launcher/1.0", "launcher": "kubernetes"}"#)[0]
        .contains("allowed: \"slurm\", \"ray\""))
    #expect(
      try problems(#"{"schema": "haq.policy/1.0", "launcher": "slurm"}"#)[0]
        .contains("this reads \"haq.launcher/1.0\""))
  }

  /// Files, and whether they are as `docs/launchers.md` says.
  private static let files: [(text: String, isGood: Bool)] = [
    (#""launcher": "slurm""#, true),
    (
      #""launcher": "slurm", "gpus": 0, "cpus": 4096, "attempts": 1000, "partition": "a", "time_limit_min": 525600"#,
      true
    ),
    (#""launcher": "slurm", "arguments": ["-A", "--mem=4G"], "x-note": 1"#, true),
    (#""launcher": "ray", "address": "auto", "python": "python3", "gpus": 1024, "cpus": 1"#, true),
    (#""gpus": 1"#, false), (#""launcher": "local""#, false), (#""launcher": 1"#, false),
    (#""launcher": "slurm", "address": "auto""#, false), (#""launcher": "slurm", "python": "p""#, false),
    (#""launcher": "ray", "partition": "a""#, false), (#""launcher": "ray", "time_limit_min": 5"#, false),
    (#""launcher": "ray", "arguments": []"#, false), (#""launcher": "slurm", "gpu": 1"#, false),
    (#""launcher": "slurm", "gpus": -1"#, false), (#""launcher": "slurm", "gpus": 1025"#, false),
    (#""launcher": "slurm", "gpus": 0.5"#, false), (#""launcher": "slurm", "cpus": 0"#, false),
    (#""launcher": "slurm", "cpus": 4097"#, false), (#""launcher": "slurm", "attempts": 0"#, false),
    (#""launcher": "slurm", "attempts": 1001"#, false), (#""launcher": "slurm", "attempts": "9""#, false),
    (#""launcher": "slurm", "partition": " ""#, false), (#""launcher": "slurm", "time_limit_min": 0"#, false),
    (#""launcher": "slurm", "time_limit_min": 525601"#, false),
    (#""launcher": "slurm", "arguments": ["a"]"#, false),
    (#""launcher": "slurm", "arguments": ["--"]"#, false),
    (#""launcher": "slurm", "arguments": "-A""#, false),
    (#""launcher": "ray", "address": """#, false), (#""launcher": "ray", "python": 3"#, false),
  ]

  @Test("the JSON Schema and the reader agree on good files and bad ones")
  func schema() throws {
    let texts = Self.files.map { "{\"schema\": \"haq.launcher/1.0\", \($0.text)}" }
    let refusals = try SchemaVerdicts.refusals(
      of: texts.map { Data($0.utf8) }, by: "docs/schema/haq.launcher-1.json")
    for ((file, text), refusal) in zip(zip(Self.files, texts), refusals) {
      let launcher = text.contains("\"ray\"") ? "ray" : "slurm"
      if file.isGood {
        #expect(throws: Never.self, "\(text)") { try read(text, for: launcher) }
      } else {
        #expect(throws: Diagnostics.self, "\(text)") { try read(text, for: launcher) }
      }
      #expect((refusal == nil) == file.isGood, "\(text): \(refusal ?? "")")
    }
  }

  @Test(
    "the files that the documents show are good",
    arguments: ["docs/launchers.md", "docs/guide/on-a-cluster.md"])
  func pages(page: String) throws {
    let text = try String(contentsOfFile: "\(Places.package)/\(page)", encoding: .utf8)
    let shown = text.matches(of: /```json\n(?<file>[^`]*)```/).map { String($0.file) }
    #expect(!shown.isEmpty)
    for file in shown { _ = try read(file, for: file.contains("\"ray\"") ? "ray" : "slurm") }
  }
}
