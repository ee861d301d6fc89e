import FixtureBuilding
import Foundation
import Testing

/// A target whose program computes, so that what it answers is known.
enum KnownDevice {
  /// Makes the target `dev/dev.json`.
  ///
  /// - Parameters:
  ///   - cost: The body of the program's Python function `cost`.
  ///   - serve: A function `network` of the program; empty for one of layers alone.
  static func make(in folder: TemporaryFolder, _ cost: String, serve: String = "") throws {
    let made = try ProgramRun(
      ["new", "target", "dev", "--kind", "program", "--language", "python"], in: folder.path)
    #expect(made.exitCode == 0, "\(made.errors)")
    try folder.write(
      """
      import os
      import haq_costs

      def seconds(layer, bits):
          return layer.macs * bits * bits / 1e12

      def cost(layer, weight_bits, activation_bits, batch):
          open("asked", "a").write("x")
      \(cost.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))
      \(serve)
      haq_costs.serve(
          cost, program="dev 1", device="a known one", measured=True, parameters={"bit_products_per_s": 1e12},
          precisions=[f"W{w}A{a}" for w in range(1, 9) for a in range(1, 9)]\(serve.isEmpty ? "" : ", network=network"))
      """, to: "dev/dev.py")
    let spec = try String(contentsOfFile: folder.path("dev/dev.json"), encoding: .utf8)
    // Its check is of W4A8; latencies here are of squares of one width.
    let start = try #require(spec.firstRange(of: ",\n  \"checks\"")).lowerBound
    try folder.write(spec[..<start] + "\n}\n", to: "dev/dev.json")
  }

  /// A cost without noise.
  static let plain =
    #"return {"cost": {"latency_s": seconds(layer, weight_bits)}, "spread": 0.01, "repetitions": 25}"#
}
