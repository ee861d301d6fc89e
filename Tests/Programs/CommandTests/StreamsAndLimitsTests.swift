import FixtureBuilding
import Foundation
import Testing

/// What a caller may have closed, filled or limited: never a trap, and never a success that is none.
@Suite(.serialized) final class StreamsAndLimitsTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws {
    temporary = try TemporaryFolder()
    try TinyNetwork.write(to: "\(folder)/tiny.onnx")
    // Which shells of tests name as a place of targets.
    try FileManager.default.createDirectory(atPath: "\(folder)/my-specs", withIntermediateDirectories: false)
  }

  private func search(_ output: String, evaluations: Int = 6, delay: Double = 0) throws -> String {
    let evaluator = try ScriptedEvaluator.write(to: folder, answerDelaySeconds: delay)
    return """
      haq search tiny.onnx --target bismo-zynq7020 --latency 0.9x --search-samples 50 --method random \
      --final-finetune-samples 0 --evaluations \(evaluations) --evaluator "\(evaluator)" -o \(output)
      """
  }

  @Test(
    "a result that could not be written ends with 1",
    arguments: [
      ("haq --version >&-", "cannot write to standard output: it is closed"),
      ("haq --version >/dev/full", "cannot write to standard output: No space left on device"),
      ("haq targets >&-", "cannot write to standard output: it is closed"),
      ("haq targets --format json >&-", "cannot write to standard output: it is closed"),
      ("haq --help >/dev/full", "cannot write to standard output: No space left on device"),
      ("haq targets --format json >/dev/full", "cannot write to standard output"),
      ("haq search --help >/dev/full", "cannot write to standard output"),
    ])
  func lostOutput(script: String, message: String) throws {
    let run = try ShellRun(script, in: folder)
    #expect(run.exitCode == 1 && run.errors.contains(message), "\(run.exitCode) \(run.errors)")
  }

  @Test("an error that could not be written ends with 1", arguments: ["2>&-", "2>/dev/full"])
  func lostError(closed: String) throws {
    #expect(try ShellRun("haq study show nowhere \(closed)", in: folder).exitCode == 1)
  }

  @Test("where nothing had to be written, closed files are no error", arguments: ["2>&-", "<&-"])
  func nothingLost(closed: String) throws {
    let run = try ShellRun("haq targets \(closed)", in: folder)
    #expect(run.exitCode == 0 && run.output.contains("bismo-zynq7020"), "\(run.errors)")
  }

  @Test(
    "a search whose output or messages are lost does its work all the same, and ends with 1",
    arguments: [">&-", "2>&-", ">/dev/full", "2>/dev/full", ">&- 2>&- <&-"])
  func search(streams: String) throws {
    let run = try ShellRun("\(search("run")) \(streams)", in: folder)
    #expect(run.exitCode == 1, "\(run.errors)")
    let list = try ProgramRun(["study", "list"], in: folder)
    #expect(list.output.contains("completed"), "\(list.output) \(run.errors)")
  }

  @Test("a search whose standard input is closed is as any other")
  func closedInput() throws {
    let run = try ShellRun("\(search("run")) <&-", in: folder)
    #expect(run.exitCode == 0, "\(run.errors)")
  }

  @Test(
    "SIGTERM and the end of the terminal end a search as Ctrl-C does, with the best policy so far",
    arguments: [SIGTERM, SIGHUP, SIGINT])
  func signals(signal: Int32) throws {
    let run = try signalled(signal, "exec \(search("run", evaluations: 100_000, delay: 0.02))")
    #expect(run == 128 + signal)
    let show = try ProgramRun(["study", "show", "run"], in: folder)
    #expect(show.output.contains("study.haq: stopped"), "\(show.output)")
    #expect(FileManager.default.fileExists(atPath: "\(folder)/run/report.json"))
  }

  @Test("a search that is started with nohup outlives its terminal")
  func nohup() throws {
    let run = try signalled(SIGHUP, "trap '' HUP; exec \(search("run", evaluations: 40, delay: 0.02))")
    #expect(run == 0)
    let show = try ProgramRun(["study", "show", "run"], in: folder)
    #expect(show.output.contains("study.haq: completed"), "\(show.output)")
  }

  /// The exit code of a search that gets a signal once it has a policy.
  private func signalled(_ signal: Int32, _ script: String) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", script]
    process.currentDirectoryURL = URL(filePath: folder)
    process.environment = [
      "HAQ_TARGETS": "\(Places.package)/hardware-specs",
      "PATH":
        "\(URL(filePath: try Places.builtLibrary("haq")).deletingLastPathComponent().path):/usr/bin:/bin",
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    while process.isRunning, !FileManager.default.fileExists(atPath: "\(folder)/run/policy.json") {
      usleep(20_000)
    }
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    return process.terminationReason == .uncaughtSignal
      ? 128 + process.terminationStatus : process.terminationStatus
  }

  @Test("too few open files are named before anything is done")
  func openFiles() throws {
    let run = try ShellRun("ulimit -n 20; \(search("run"))", in: folder)
    #expect(run.exitCode == 1)
    #expect(
      run.errors.contains(
        "this process may have 20 files open at once; it needs 64. Raise the limit: ulimit -n"),
      "\(run.errors)")
    #expect(!FileManager.default.fileExists(atPath: "\(folder)/run"))
  }

  @Test("a limit of a file's size is named, and what was recorded before it is kept")
  func fileSize() throws {
    // In blocks of 1024 bytes; less is too little for the memory that a sandbox shares.
    let run = try ShellRun("ulimit -f 600; \(search("run", evaluations: 4000))", in: folder)
    #expect(run.exitCode == 1)
    #expect(
      run.errors.contains("ulimit -f") && run.errors.contains("files of at most"),
      "\(run.exitCode) \(run.errors)")
    let check = try ProgramRun(["study", "show", "run", "--check"], in: folder)
    #expect(check.exitCode == 0 && check.output.contains("interrupted"), "\(check.errors)")
  }

  @Test("a limit of processes and threads is named instead of waited for")
  func processes() throws {
    // The superuser has no such limit.
    let user = getuid() == 0 ? "exec setpriv --reuid 65534 --clear-groups " : "exec "
    // A folder of this test's own, which that user may read.
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder)
    let probe = try ShellRun("\(user) haq --version", in: folder)
    // Where nobody may not read the build, there is nothing to try.
    guard probe.exitCode == 0 else { return }
    let run = try ShellRun("ulimit -u 1; \(user) haq targets", in: folder)
    #expect(run.exitCode == 1)
    #expect(run.errors.contains("ulimit -u"), "\(run.exitCode) \(run.errors)")
  }

  @Test("-o /dev/stdout is written after what was printed before, into a pipe or a file")
  func standardOutput() throws {
    for target in ["| cat", "> printed; cat printed"] {
      let run = try ShellRun(
        "haq policy uniform tiny.onnx --bits W4A6 -o /dev/stdout \(target)", in: folder)
      #expect(run.exitCode == 0 && run.output.contains("\"haq.policy/1"), "\(run.output) \(run.errors)")
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "/dev/stdout") == "/proc/self/fd/1")
    }
  }

  @Test("a read-only file is replaced with --force alone")
  func readOnly() throws {
    let policy = "\(folder)/policy.json"
    try Data("mine".utf8).write(to: URL(filePath: policy))
    try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: policy)
    let command = ["policy", "uniform", "tiny.onnx", "--bits", "W4A6", "-o", "policy.json"]
    let refused = try ProgramRun(command, in: folder)
    #expect(
      refused.exitCode == 1
        && refused.errors.contains(
          "policy.json: error: cannot write the file: it is read-only. Replace it with --force"),
      "\(refused.errors)")
    #expect(try String(contentsOfFile: policy, encoding: .utf8) == "mine")
    let forced = try ProgramRun(command + ["--force"], in: folder)
    #expect(forced.exitCode == 0, "\(forced.errors)")
    #expect(try String(contentsOfFile: policy, encoding: .utf8).contains("haq.policy/1"))
  }
}
