import Foundation

/// A target of formats whose costs come from a program of a few lines, and tables made from it.
enum FormatTarget {
  /// Nanoseconds of a multiply-accumulate, by pair; so that costs can be told by hand.
  static let nanoseconds: [String: Double] = [
    "W8A8": 1, "W32A32": 4, "int4-g128/bf16": 3, "fp8-e4m3/bf16": 1.5, "bf16/bf16": 2,
  ]

  /// Writes `formats.json` and its program.
  ///
  /// - Parameters:
  ///   - precisions: JSON for the spec.
  ///   - ends: JSON for the spec.
  ///   - nanoseconds: Of a multiply-accumulate, by pair.
  static func write(
    to folder: String, precisions: String, reference: String? = nil, ends: String? = nil,
    nanoseconds: [String: Double] = Self.nanoseconds
  ) throws {
    let costs = nanoseconds.map { "\"\($0)\": \($1)" }.sorted().joined(separator: ", ")
    let program = """
      import json, math, sys

      NANOSECONDS = {\(costs)}

      def pair(point):
          # Bits of integers and 32-bit floats, names of other formats.
          weight, activation = (str(point.get(role + "_format") or point[role + "_bits"])
                                for role in ("weight", "activation"))
          if weight.isdigit() and activation.isdigit():
              return "W" + weight + "A" + activation
          return weight + "/" + activation

      for line in sys.stdin:
          request = json.loads(line)
          def reply(**body):
              print(json.dumps({"id": request["id"], **body}), flush=True)
          if request["method"] == "quit":
              break
          if request["method"] == "describe":
              reply(description={
                  "protocol": "haq.costs/1.0", "program": "formats 1", "device": "none", "measured": False,
                  "layers": ["convolution", "depthwise", "fully-connected"], "metrics": ["latency_s"],
                  "precisions": list(NANOSECONDS)})
              continue
          for index, point in enumerate(request["parameters"]["points"]):
              layer = point["layer"]
              macs = (math.prod(layer["output"]) * math.prod(layer["kernel"]) * layer["out_channels"]
                      * layer["in_channels"] // layer["groups"])
              reply(point=index, cost={"latency_s": macs * NANOSECONDS[pair(point)] * 1e-9})
          reply(done=True)
      """
    let stated =
      (reference.map { "\"reference\": \"\($0)\", " } ?? "") + (ends.map { "\"ends\": \($0), " } ?? "")
    let spec = """
      { "schema": "haq.target/1.1", "id": "formats", "name": "Formats", "version": "1", "summary": "For tests.",
        "sources": "assumption", "batch": 1,
        "capabilities": {
          "layers": ["convolution", "depthwise", "fully-connected"], "precisions": \(precisions), \(stated)
          "other_widths": "reject", "metrics": { "latency": { "aggregate": "sum" } } },
        "model": { "kind": "program", "command": ["/usr/bin/python3", "formats.py"] } }
      """
    try Data(program.utf8).write(to: URL(filePath: "\(folder)/formats.py"))
    try Data(spec.utf8).write(to: URL(filePath: "\(folder)/formats.json"))
  }
}
