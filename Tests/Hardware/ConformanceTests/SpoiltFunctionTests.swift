import Conformance
import FixtureBuilding
import Foundation
import Testing

/// A function target that is right, spoilt in one way at a time: each fails exactly the check that is about it.
@Suite("Spoilt function targets")
struct SpoiltFunctionTests {
  @Test(
    "fail exactly one check",
    arguments: [
      ("SYMBOL", "functions-load"), ("CONSTRUCTOR", "functions-load"), ("NAN", "functions-answer"),
      ("NEGATIVE", "functions-answer"), ("ABORT", "functions-answer"), ("HANG", "functions-answer"),
      ("PRINT", "functions-answer"), ("STATE", "functions-repeat"), ("WIDER", "wider-not-cheaper"),
      ("FREE", "work-costs"), ("REFERENCE", "reference-points"),
    ])
  func exactlyOne(fault: String, check id: String) throws {
    let found = try found(defines: ["FAULT_" + fault])
    // A cost of nothing is also less than that of narrower operands.
    let also = fault == "FREE" ? ["wider-not-cheaper"] : []
    #expect(Set(found.map(\.check.id)) == Set([id] + also), "\(found)")
  }

  @Test("a library that is missing, or another one than the pinned, fails one check")
  func files() throws {
    #expect(try found(library: "libnone.so").map(\.check.id) == ["functions-load"])
    let pin = ", \"sha256\": \"\(String(repeating: "0", count: 64))\""
    #expect(try found(extra: pin).map(\.check.id) == ["pin-matches"])
  }

  @Test("a wrong type of the result is reported by the one with which the reference points hold")
  func signature() throws {
    let found = try found(returns: "f32")
    let verdict = try #require(found.first { $0.check.id == "functions-signature" })
    #expect(verdict.outcome.reason?.contains("they do with \"f64\"") == true, "\(verdict)")
    #expect(!found.contains { $0.check.id == "reference-points" })
  }

  @Test("are told apart from a right one, which passes everything that is about functions")
  func good() throws {
    for result in try run() {
      let applies = [.spec, .functions, .physics, .reference].contains(result.check.group)
      let without = ["pin-matches", "weights-take-bytes"].contains(result.check.id)
      #expect(result.outcome.word == (applies && !without ? "passed" : "skipped"), "\(result)")
    }
  }

  private func found(
    defines: [String] = [], library: String = "libf.so", returns: String = "f64", extra: String = ""
  ) throws -> [ConformanceRun.Result] {
    try run(defines: defines, library: library, returns: returns, extra: extra)
      .filter { $0.outcome.isFailure || $0.outcome.word == "warning" }
  }

  private func run(
    defines: [String] = [], library: String = "libf.so", returns: String = "f64", extra: String = ""
  ) throws -> [ConformanceRun.Result] {
    let folder = try TemporaryFolder()
    let built = try FixtureLibrary("../functions/spoilt.c", defines: defines)
    // Atomic, because a loaded library must not be rewritten in place.
    try Data(contentsOf: URL(filePath: built.path))
      .write(to: URL(filePath: "\(folder.path)/libf.so"), options: .atomic)
    try folder.write(
      """
      {
        "schema": "haq.target/1.0", "id": "ft", "name": "F", "version": "1", "summary": "s",
        "sources": [{ "title": "by hand" }], "batch": 2,
        "capabilities": {
          "layers": ["convolution", "fully-connected"], "weight_bits": [2, 4, 8], "activation_bits": [2, 4, 8],
          "pairs": "all", "other_widths": "reject", "metrics": { "latency": { "aggregate": "sum" } }
        },
        "model": { "kind": "function", "library": "\(library)"\(extra), "functions": { "latency": {
          "symbol": "latency", "returns": "\(returns)", "arguments": [
            { "type": "u64", "value": "layer.macs" }, { "type": "u32", "value": "point.weight_bits" },
            { "type": "u32", "value": "point.activation_bits" } ] } } },
        "checks": [{
          "name": "one", "layer": { "kind": "fully-connected", "in_channels": 64, "out_channels": 16 },
          "weight_bits": 2, "activation_bits": 4, "expect": { "latency_s": 1.6384e-8 }, "tolerance": 1e-9,
          "source": "by hand: 64 x 16 x 2 x 2 x 4 / 1e12" }]
      }
      """, to: "ft.json")
    let program = try Places.builtLibrary("haq-sandbox")
    return withExtendedLifetime(folder) {
      ConformanceRun(specFile: "\(folder.path)/ft.json", program: program, timeoutSeconds: 2).run()
    }
  }
}
