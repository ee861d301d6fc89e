import Core
import Documents
import FixtureBuilding
import Foundation
import Testing

/// What users see of libraries that misbehave.
final class IsolationCommandTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws {
    temporary = try TemporaryFolder()
    let network = """
      { "schema": "haq.network/1.0", "name": "two", "layers": [
        { "name": "a", "kind": "fully-connected", "in_channels": 8, "out_channels": 4 },
        { "name": "b", "kind": "fully-connected", "in_channels": 4, "out_channels": 2 } ] }
      """
    try Data(network.utf8).write(to: URL(filePath: "\(folder)/two.json"))
  }

  /// A target whose library is the fixture with the given property; returns the spec's path.
  private func target(_ define: String, model: String = "") throws -> String {
    let library = try FixtureLibrary(defines: [define])
    try FileManager.default.copyItem(atPath: library.path, toPath: "\(folder)/libfixture.so")
    let spec = """
      {
        "schema": "haq.target/1.0", "id": "tt", "name": "A target", "version": "1", "summary": "s",
        "sources": "assumption", "batch": 1,
        "capabilities": {
          "layers": ["convolution", "depthwise", "fully-connected"], "weight_bits": [4, 8], "activation_bits": [4, 8],
          "pairs": "all", "other_widths": "reject", "metrics": { "latency": { "aggregate": "sum" } }
        },
        "model": { "kind": "plugin", "library": "libfixture.so", "abi": "1.1"\(model) }
      }
      """
    try Data(spec.utf8).write(to: URL(filePath: "\(folder)/tt.json"))
    return "\(folder)/tt.json"
  }

  private func cost(_ spec: String, _ more: String...) throws -> ProgramRun {
    try ProgramRun(["cost", "two.json", "--target", spec, "--format", "json"] + more, in: folder)
  }

  @Test("a crash ends the command with one sentence")
  func crash() throws {
    let run = try cost(try target("FIXTURE_CELL=(i==5?*(volatile double*)8:1.0)"))
    #expect(run.exitCode == 1)
    #expect(run.output == "")
    // Points 0 to 3 are those of layer a; point 5 is W4A8 of layer b.
    #expect(
      run.errors.hasSuffix(
        "error: plugin test.fixture 1.2.3 crashed (SIGSEGV: access to memory that is not there) in evaluate, after it had "
          + "answered 5 of 8 points; next is layer \"b\" at W4A8.\n"), "\(run.errors)")
  }

  @Test("a search whose plugin hangs ends before it begins, and leaves no folder")
  func hang() throws {
    let spec = try target("FIXTURE_CELL=({for(;;);1.0;})", model: ", \"timeout_s\": 0.3")
    let run = try ProgramRun(
      ["search", "fashion-mobilenet-v1", "--target", spec, "--latency", "0.5x", "-o", "run"], in: folder)
    #expect(run.exitCode == 1)
    #expect(run.errors.contains("did not return from evaluate within 0.3 s"), "\(run.errors)")
    let cost = try cost(spec)
    #expect(cost.errors.contains("did not return from evaluate within 0.3 s and was ended"))
    #expect(!FileManager.default.fileExists(atPath: "\(folder)/run"))
  }

  @Test("in-process takes the spec's wish and the user's word")
  func inProcess() throws {
    let wish = try target("FIXTURE_CELL=(double)getppid()", model: ", \"isolation\": \"in-process\"")
    let refused = try cost(wish)
    #expect(refused.exitCode == 1)
    #expect(refused.errors.contains("asks to be loaded into this program's own process"))
    #expect(refused.errors.contains("add --in-process"))
    func latency(_ run: ProgramRun) throws -> Double? {
      try run.document(CostDocument.self).layers.first?.cost[.latency]
    }
    // The parent of the program's own process is this one; that of a sandbox would be the program.
    #expect(try latency(try cost(wish, "--in-process")) == Double(getpid()))
    try FileManager.default.removeItem(atPath: "\(folder)/libfixture.so")
    let other = try cost(try target("FIXTURE_CELL=(double)getppid()"), "--in-process")
    #expect(try latency(other) != Double(getpid()))
  }

  @Test("a bare function never runs in the program's own process, whatever the user says")
  func functionsAreIsolated() throws {
    let library = try FixtureLibrary("../functions/functions.c")
    try FileManager.default.copyItem(atPath: library.path, toPath: "\(folder)/libf.so")
    // Process numbers are at most 2^22, and the tolerance is the whole of it.
    let spec = """
      {
        "schema": "haq.target/1.0", "id": "tf", "name": "A target", "version": "1", "summary": "s",
        "sources": "assumption", "batch": 1,
        "capabilities": {
          "layers": ["fully-connected"], "weight_bits": [8], "activation_bits": [8], "pairs": "all",
          "other_widths": "reject", "metrics": { "latency": { "aggregate": "sum" } }
        },
        "model": { "kind": "function", "library": "libf.so", "functions": {
          "latency": { "symbol": "parent_process", "returns": "f64", "arguments": [] } } },
        "checks": [{ "name": "any", "layer": { "kind": "fully-connected", "in_channels": 1, "out_channels": 1 },
          "weight_bits": 8, "activation_bits": 8, "expect": { "latency_s": 4194304 }, "tolerance": 1,
          "source": "by hand" }]
      }
      """
    try Data(spec.utf8).write(to: URL(filePath: "\(folder)/tf.json"))
    for options in [[], ["--in-process"]] {
      let run = try ProgramRun(
        ["cost", "two.json", "--target", "\(folder)/tf.json", "--format", "json"] + options, in: folder)
      #expect(run.exitCode == 0, "\(run.errors)")
      // In the program's own process the parent would be this one; in a namespace of processes it has none, which is 0.
      let parent = try run.document(CostDocument.self).layers.first?.cost[.latency]
      #expect(try #require(parent) != Double(getpid()))
    }
  }

  @Test("LD_LIBRARY_PATH plays no part in where a library is looked for")
  func libraryPath() throws {
    let spec = try target("FIXTURE_CELL=1.0")
    let elsewhere = "\(folder)/elsewhere"
    try FileManager.default.createDirectory(atPath: elsewhere, withIntermediateDirectories: false)
    try FileManager.default.moveItem(
      atPath: "\(folder)/libfixture.so", toPath: "\(elsewhere)/libfixture.so")
    let run = try ProgramRun(
      ["cost", "\(folder)/two.json", "--target", spec], in: elsewhere,
      environment: ["LD_LIBRARY_PATH": elsewhere])
    #expect(run.exitCode == 1)
    #expect(run.errors.contains("libfixture.so") && !run.errors.contains(elsewhere), "\(run.errors)")
  }

  /// Every command that costs a network, on the target at SPEC.
  static let costing = [
    "cost tiny.onnx --target SPEC", "table build tiny.onnx --target SPEC -o table.csv",
    "policy validate policy.json tiny.onnx --target SPEC",
    "figure policy.json --network tiny.onnx --target SPEC -o f.svg",
    "transfer policy.json --network tiny.onnx --targets SPEC,bismo-vu9p",
    "validate SPEC --table measured.csv --network tiny.onnx",
    "sensitivity tiny.onnx --target SPEC --samples 2 --threads 1",
    "pareto tiny.onnx --target SPEC --latency 1x --evaluations 1 --search-samples 2 --threads 1 -o pareto",
    "search tiny.onnx --target SPEC --latency 1x --method uniform --search-samples 2 --final-finetune-samples 0 --threads 1 -o run",
  ]

  @Test(
    "every command that costs a network takes the user's word for a library in its own process",
    arguments: costing)
  func everyCommand(line: String) throws {
    try TinyNetwork.write(to: "\(folder)/tiny.onnx")
    for made in [
      "policy uniform tiny.onnx --bits W8A8 -o policy.json",
      "table build tiny.onnx --target bismo-vu9p -o measured.csv",
    ] {
      let run = try ProgramRun(made.split(separator: " ").map(String.init), in: folder)
      #expect(run.exitCode == 0, "\(run.errors)")
    }
    let wish = try target("FIXTURE_MINOR=1", model: ", \"isolation\": \"in-process\"")
    let arguments = line.replacing("SPEC", with: wish).split(separator: " ").map(String.init)
    let refused = try ProgramRun(arguments, in: folder)
    #expect(refused.exitCode == 1 && refused.errors.contains("add --in-process"), "\(refused.errors)")
    let allowed = try ProgramRun(arguments + ["--in-process"], in: folder)
    #expect(allowed.exitCode == 0, "\(allowed.errors)")
  }

  @Test("what a library logs, and what a layer is called, does not reach a terminal as a command")
  func escapes() throws {
    // A title, a clear screen by C1, and text that turns around.
    let evil = #"\033]0;own\007\302\2332J\342\200\256"#
    let spec = try target(
      "FIXTURE_CREATE_CODE=(host->log(host,2,\"\(evil)\"),fputs(\"\(evil)\\n\",stderr),0)")
    let name = #"\u001b[2J\u009b1m\u202e"#
    let network = """
      { "schema": "haq.network/1.0", "name": "\(name)", "layers": [
        { "name": "=\(name)", "kind": "fully-connected", "in_channels": 8, "out_channels": 4 } ] }
      """
    try Data(network.utf8).write(to: URL(filePath: "\(folder)/evil.json"))
    let lines = [
      ["cost", "evil.json", "--target", spec], ["cost", "evil.json", "--target", spec, "--format", "json"],
      ["table", "build", "evil.json", "--target", spec, "-o", "t.csv"], ["table", "show", "t.csv"],
    ]
    for arguments in lines {
      let run = try ProgramRun(arguments, in: folder)
      #expect(run.exitCode == 0, "\(arguments) \(run.errors)")
      for scalar: UnicodeScalar in ["\u{1B}", "\u{07}", "\u{9B}", "\u{202E}"] {
        #expect(!(run.output + run.errors).unicodeScalars.contains(scalar), "\(arguments)")
      }
    }
    let logged = try ProgramRun(lines[0], in: folder).errors
    #expect(logged.contains(#"libfixture.so: warning: \u{1B}]0;own\u{07}\u{9B}2J\u{202E}"#))
    // No formula in the table, and its layer is found again by its name.
    let table = try String(contentsOfFile: "\(folder)/t.csv", encoding: .utf8)
    #expect(table.contains(#"0,'=\u{1B}[2J\u{9B}1m\u{202E},"#), "\(table)")
    let validated = try ProgramRun(
      ["validate", spec, "--table", "t.csv", "--network", "evil.json"], in: folder)
    #expect(validated.exitCode == 0, "\(validated.errors)")
  }

  @Test("a library that everyone may change is refused, with what to do")
  func writableLibrary() throws {
    let spec = try target("FIXTURE_MINOR=1")
    #expect(chmod("\(folder)/libfixture.so", 0o777) == 0)
    let run = try cost(spec)
    #expect(run.exitCode == 1)
    #expect(
      run.errors.contains("everyone may write to it. Take that away: chmod o-w '\(folder)/libfixture.so'"))
  }

  @Test("a sandbox does not outlive a program that is killed")
  func diesWithParent() throws {
    let spec = try target("FIXTURE_CELL=({for(;;);1.0;})")
    let program = Process()
    program.executableURL = URL(filePath: try Places.builtLibrary("haq"))
    program.arguments = ["cost", "\(folder)/two.json", "--target", spec]
    try program.run()
    let children = "/proc/\(program.processIdentifier)/task/\(program.processIdentifier)/children"
    var child: pid_t?
    try waitFor {
      child = pid_t(
        (try String(contentsOfFile: children, encoding: .utf8)).trimmingCharacters(in: .whitespaces))
      return child != nil
    }
    kill(program.processIdentifier, SIGKILL)
    program.waitUntilExit()
    let sandbox = try #require(child)
    // Whoever adopts it may not have collected it yet: then it is a zombie, which computes no more.
    try waitFor {
      guard let status = try? String(contentsOfFile: "/proc/\(sandbox)/status", encoding: .utf8) else {
        return true
      }
      return status.contains("State:\tZ")
    }
  }

  private func waitFor(_ condition: () throws -> Bool) throws {
    for _ in 0..<500 {
      if try condition() { return }
      usleep(20_000)
    }
    Issue.record("it did not happen within 10 s")
  }
}
