import Conformance
import FixtureBuilding
import Testing

/// A good cost program passes every check; each fault fails exactly the check that it is named for.
@Suite("Spoilt cost programs", .serialized) struct SpoiltProgramTests {
  /// A program that keeps the protocol by hand, so that it can break it.
  private static let program = """
    import json, os, sys, time
    MEASURED = False
    def seconds(p, batch):
        layer = p["layer"]
        rows = layer["output"][0] * layer["output"][1]
        macs = layer["out_channels"] * layer["in_channels"] * layer["kernel"][0] * layer["kernel"][1] * rows
        return batch * macs * p["weight_bits"] * p["activation_bits"] * 1e-12
    def reply(i, p, batch, count):
        return {"point": i, "cost": {"latency_s": seconds(p, batch)}}
    def answer(r, say):
        if r["method"] == "describe":
            if not r["parameters"]["protocol"].startswith("haq.costs/1."):
                return say({"error": {"code": "incompatible", "message": "another major"}})
            return say({"description": {"protocol": "haq.costs/1.0", "program": "p 1", "device": "d",
                "layers": ["convolution", "fully-connected"], "precisions": ["W4A4", "W8A8"],
                "metrics": ["latency_s"], "measured": MEASURED}})
        if r["method"] == "cost":
            asked = r["parameters"]["points"]
            for i, p in enumerate(asked):
                if p["weight_bits"] != p["activation_bits"]: say({"point": i, "unsupported": "unequal"})
                else: say(reply(i, p, r["parameters"]["batch"], len(asked)))
            return say({"done": True})
        raise KeyError("method")
    def ended(): pass
    for line in sys.stdin:
        r = {}
        def say(keys): print(json.dumps({**keys, **({"id": r["id"]} if "id" in r else {})}), flush=True)
        try:
            r = json.loads(line)
            if r["method"] == "quit": sys.exit()
            answer(r, say)
        except (ValueError, KeyError) as problem:
            say({"error": {"code": "malformed", "message": repr(problem)}})
    ended()
    """

  /// The checks that fail or warn, with their outcomes.
  private func findings(
    _ change: (String) -> String = { $0 }, spec changeSpec: (String) -> String = { $0 }
  ) throws -> [String: Check.Outcome] {
    let folder = try TemporaryFolder()
    try folder.write(change(Self.program), to: "p.py")
    try folder.write(
      changeSpec(
        """
        {
          "schema": "haq.target/1.0", "id": "pt", "name": "P", "version": "1", "summary": "s",
          "sources": [{ "title": "by hand" }], "batch": 2,
          "capabilities": {
            "layers": ["convolution", "fully-connected"], "weight_bits": [4, 8], "activation_bits": [4, 8],
            "pairs": "equal", "other_widths": "reject", "metrics": { "latency": { "aggregate": "sum" } }
          },
          "model": { "kind": "program", "command": ["/usr/bin/python3", "p.py"] },
          "checks": [{
            "name": "one", "layer": { "kind": "fully-connected", "in_channels": 64, "out_channels": 16 },
            "weight_bits": 4, "activation_bits": 4, "expect": { "latency_s": 3.2768e-8 }, "tolerance": 1e-9,
            "source": "by hand: 64 x 16 x 2 x 4 x 4 / 1e12" }]
        }
        """), to: "pt.json")
    let results = withExtendedLifetime(folder) {
      ConformanceRun(specFile: folder.path("pt.json"), program: "/haq", timeoutSeconds: 3).run()
    }
    return results.reduce(into: [:]) { found, result in
      switch result.outcome {
      case .passed, .skipped, .blocked: break
      default: found[result.check.id] = result.outcome
      }
    }
  }

  @Test("a good one passes everything, and leaves nothing behind")
  func good() throws {
    let found = try findings()
    #expect(found.isEmpty, "\(found)")
  }

  struct Fault: Sendable, CustomTestStringConvertible {
    var check: String
    var old: String
    var new: String
    var testDescription: String { "\(check): \(new)" }
  }

  private static let faults = [
    Fault(check: "program-describes", old: "\"p 1\"", new: "1"),
    Fault(check: "program-describes", old: "import json, os", new: "import none, json, os"),
    Fault(check: "program-describes", old: "[\"W4A4\", \"W8A8\"]", new: "[\"W8A8\"]"),
    Fault(check: "program-answers", old: "{\"latency_s\": seconds(p, batch)}", new: "{\"latency_s\": -1}"),
    Fault(check: "program-answers", old: "return say({\"done\": True})", new: "return"),
    Fault(check: "program-answers", old: "return {\"point\": i,", new: "os._exit(1); return {\"point\": i,"),
    Fault(
      check: "program-answers", old: "say(reply(i, p", new: "print('progress', flush=True); say(reply(i, p"),
    // Another process gives another number, and so does another order.
    Fault(check: "program-repeats", old: "* 1e-12", new: "* (1 + os.getpid() * 1e-12) * 1e-12"),
    Fault(
      check: "program-errors", old: "except (ValueError, KeyError)", new: "except KeyError"),
    Fault(check: "program-errors", old: "\"malformed\"", new: "\"failed\""),
    Fault(check: "program-errors", old: "startswith(\"haq.costs/1.\")", new: "startswith(\"haq\")"),
    Fault(check: "program-ends", old: "def ended(): pass", new: "def ended(): time.sleep(60)"),
    Fault(check: "program-ends", old: "def ended(): pass", new: "def ended(): sys.exit(4)"),
    Fault(check: "wider-not-cheaper", old: "* p[\"weight_bits\"]", new: "/ p[\"weight_bits\"] ** 3 * 64"),
  ]

  @Test("fail the check that is about their fault", arguments: faults)
  func fault(_ fault: Fault) throws {
    #expect(Self.program.contains(fault.old))
    let found = try findings { $0.replacing(fault.old, with: fault.new) }
    // A cost that is wrong, or none, cannot be the one of the spec's own check; that is another finding, or blocked.
    let others = found.keys.filter { $0 != fault.check && $0 != "reference-points" }
    #expect(found[fault.check] != nil && others.isEmpty, "\(found)")
  }

  @Test("that hang time out")
  func hanging() throws {
    let found = try findings { $0.replacing("asked = r[", with: "time.sleep(60); asked = r[") }
    guard case .timedOut = found["program-answers"] else {
      Issue.record("\(found)")
      return
    }
  }

  @Test("measured costs may differ within their spread, and no further")
  func spread() throws {
    func findings(factor: String, spread: String) throws -> [String: Check.Outcome] {
      try self.findings {
        $0.replacing("MEASURED = False", with: "MEASURED = True")
          .replacing("* 1e-12", with: "* (\(factor) if i_first else 1) * 1e-12")
          .replacing(
            "def seconds", with: "i_first = not os.path.exists('once')\nopen('once', 'a')\ndef seconds"
          )
          .replacing("seconds(p, batch)}}", with: "seconds(p, batch)}, \"spread\": \(spread)}")
      }
    }
    // Two spreads of 0.02, five times, and 5 % for drift: 25 %.
    #expect(try findings(factor: "1.24", spread: "0.02")["program-repeats"] == nil)
    #expect(try findings(factor: "1.26", spread: "0.02")["program-repeats"] != nil)
  }
}
