import Core
import FixtureBuilding
import Foundation
import Hashing
import PluginLoading
import Targets
import Testing

/// Libraries that need other libraries, from their spec to a cost.
@Suite("What a library needs")
struct DependencyTests {
  private let folder: TemporaryFolder
  private let network = Network(
    name: "n", batch: 2,
    layers: [Layer(name: "fc", kind: .fullyConnected, inputChannels: 4, outputChannels: 2)])

  init() throws { folder = try TemporaryFolder() }

  /// Compiles `libhelper.so`, whose `helper` returns a number, in a folder.
  private func makeHelper(_ value: Int, in place: String, options: [String] = ["-Wl,-soname,libhelper.so"])
    throws
  {
    let source = try folder.write("double helper(void) { return \(value); }\n", to: "helper.c")
    try compile(source, to: "\(place)/libhelper.so", options)
  }

  /// Compiles `specs/libcost.so`, whose `cost` calls `helper`.
  private func makeLibrary(searchPath: [String], found place: String = "specs", more: [String] = []) throws {
    let source = try folder.write(
      "double helper(void);\ndouble cost(double macs) { return macs * 0 + helper(); }\n", to: "cost.c")
    try compile(
      source, to: "specs/libcost.so",
      ["-L", folder.path(place), "-lhelper"] + searchPath.map { "-Wl,-rpath,\($0)" } + more)
  }

  private func compile(_ source: String, to library: String, _ options: [String]) throws {
    let path = folder.path(library)
    try FileManager.default.createDirectory(
      at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
    let compiler = try #require(CompilerRun.find("cc"))
    let run = try CompilerRun(compiler, ["-shared", "-fPIC", source, "-o", path] + options)
    #expect(run.exitCode == 0, "\(run.output)")
  }

  /// - Parameter seconds: what the spec's check demands.
  private func target(_ extra: String = "", expecting seconds: Int = 7) throws -> Target {
    let model = """
      { "kind": "function", "library": "libcost.so"\(extra), "functions": { "latency": { "symbol": "cost",
      "returns": "f64", "scale": 1, "arguments": [{ "type": "f64", "value": "layer.macs" }] } } },
      "checks": [ { "name": "one", "layer": { "kind": "fully-connected", "in_channels": 1, "out_channels": 1 },
        "batch": 1, "weight_bits": 2, "activation_bits": 4, "expect": { "latency_s": \(seconds) },
        "tolerance": 1e-9, "source": "by hand" } ]
      """
    let text = TemporaryFolder.spec("tt").replacing(
      "{ \"kind\": \"plugin\", \"library\": \"libnone.so\", \"abi\": \"1.0\" }", with: model)
    let file = try folder.write(text, to: "specs/tt.json")
    return try Target(file: file, origin: .commandLine, program: try Places.builtLibrary("haq-sandbox"))
  }

  private func cost(_ extra: String = "", expecting seconds: Int = 7) throws -> Double? {
    try target(extra, expecting: seconds).costTable(of: network).cost(
      .latency, layer: 0, at: Precision(weight: BitWidth(4)!, activation: BitWidth(8)!))
  }

  private func problem(_ extra: String = "") -> DependencyError? {
    do {
      _ = try cost(extra)
      return nil
    } catch TargetError.dependency(let error) {
      return error
    } catch {
      Issue.record(error)
      return nil
    }
  }

  private func digest(_ file: String) throws -> String {
    try Data(contentsOf: URL(filePath: folder.path(file))).sha256
  }

  @Test("lies beside it, and is loaded with it; also what that needs")
  func beside() throws {
    try makeHelper(7, in: "specs")
    try makeLibrary(searchPath: ["$ORIGIN"])
    #expect(try cost() == 7)
    let inner = try folder.write("double inner(void) { return 5; }\n", to: "inner.c")
    try compile(inner, to: "specs/below/libinner.so", ["-Wl,-soname,libinner.so"])
    let outer = try folder.write(
      "double inner(void);\ndouble helper(void) { return inner() + 4; }\n", to: "outer.c")
    try compile(
      outer, to: "specs/libhelper.so",
      [
        "-Wl,-soname,libhelper.so", "-L", folder.path("specs/below"), "-linner",
        "-Wl,-rpath,$ORIGIN/below",
      ])
    #expect(try cost(expecting: 9) == 9)
    #expect(
      try target().library().dependencies.map { URL(filePath: $0.path).lastPathComponent } == [
        "libinner.so", "libhelper.so",
      ])
  }

  @Test("is refused elsewhere, by RUNPATH and by RPATH", arguments: [[], ["-Wl,--disable-new-dtags"]])
  func elsewhere(options: [String]) throws {
    try makeHelper(7, in: "other")
    try makeLibrary(searchPath: [folder.path("other")], found: "other", more: options)
    #expect(
      problem()
        == .outside(
          name: "libhelper.so", library: folder.path("specs/libcost.so"), folder: folder.path("other")))
    // Through a link in the spec's folder, too.
    try makeLibrary(searchPath: ["$ORIGIN"], found: "other")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("specs/libhelper.so"), withDestinationPath: "../other/libhelper.so")
    #expect(
      problem()
        == .outside(
          name: "libhelper.so", library: folder.path("specs/libcost.so"), folder: folder.path("specs")))
  }

  @Test("is not searched where others can put files, whether or not it is there")
  func openFolder() throws {
    try makeHelper(7, in: "specs")
    let open = folder.path("open")
    try FileManager.default.createDirectory(atPath: open, withIntermediateDirectories: false)
    #expect(chmod(open, 0o1777) == 0)
    for place in [open, open + "/none"] {
      try makeLibrary(searchPath: [place, "$ORIGIN"])
      #expect(problem() == .openFolder(place, library: folder.path("specs/libcost.so")))
    }
  }

  @Test("is checked as the library itself is")
  func writable() throws {
    try makeHelper(7, in: "specs")
    try makeLibrary(searchPath: ["$ORIGIN"])
    #expect(chmod(folder.path("specs/libhelper.so"), 0o666) == 0)
    #expect(throws: TargetError.untrusted(.writable(folder.path("specs/libhelper.so"), by: .everyone))) {
      try cost()
    }
  }

  @Test("is pinned where the library is")
  func pinned() throws {
    try makeHelper(7, in: "specs")
    try makeLibrary(searchPath: ["$ORIGIN"])
    let library = #", "sha256": "\#(try digest("specs/libcost.so"))""#
    let helper = try digest("specs/libhelper.so")
    func dependency(_ name: String, _ sha256: String) -> String {
      #", "dependencies": [{ "library": "\#(name)", "sha256": "\#(sha256)" }]"#
    }
    #expect(
      problem(library)
        == .unpinned(
          name: "libhelper.so", file: folder.path("specs/libhelper.so"), sha256: helper,
          library: folder.path("specs/libcost.so")))
    #expect(try cost(library + dependency("libhelper.so", helper)) == 7)
    #expect(
      problem(library + dependency("libother.so", helper))
        == .unpinned(
          name: "libhelper.so", file: folder.path("specs/libhelper.so"), sha256: helper,
          library: folder.path("specs/libcost.so")))
    try makeHelper(8, in: "specs")
    #expect(
      throws: TargetError.wrongDigest(
        file: folder.path("specs/libhelper.so"), pinned: helper, found: try digest("specs/libhelper.so"))
    ) { try cost(library + dependency("libhelper.so", helper)) }
  }

  @Test("that is pinned and not needed is an error")
  func notNeeded() throws {
    let source = try folder.write("double cost(double macs) { return macs * 0 + 3; }\n", to: "cost.c")
    try compile(source, to: "specs/libcost.so", [])
    #expect(try cost(expecting: 3) == 3)
    let pin =
      #", "dependencies": [{ "library": "libx.so", "sha256": "\#(String(repeating: "0", count: 64))" }]"#
    #expect(problem(pin) == .notNeeded(name: "libx.so", library: folder.path("specs/libcost.so")))
  }

  @Test("must call itself by the name by which it is needed")
  func otherName() throws {
    // Linked by another name first, and then replaced by a library that states a different one.
    try makeHelper(7, in: "specs")
    try makeLibrary(searchPath: ["$ORIGIN"])
    try makeHelper(7, in: "specs", options: ["-Wl,-soname,libelse.so"])
    #expect(
      problem()
        == .otherName(
          file: folder.path("specs/libhelper.so"), needed: "libhelper.so", stated: "libelse.so"))
  }
}
