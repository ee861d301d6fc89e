import Foundation
import Testing

final class PolicyCommandTests {
  private let folder: String

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "haq-policy-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func policy(_ arguments: String...) throws -> ProgramRun {
    try ProgramRun(["policy"] + arguments, in: folder)
  }

  @Test("a uniform policy is made, edited, compared and checked")
  func roundTrip() throws {
    let made = try policy(
      "uniform", "fashion-mobilenet-v1", "--bits", "W4A6", "--ends", "W8A8", "-o", "a.json")
    #expect(made.exitCode == 0 && made.errors == "")
    #expect(try policy("diff", "a.json", "a.json").exitCode == 0)
    #expect(
      try policy("apply", "a.json", "--set", "block?.depthwise=W8A4", "-o", "b.json").exitCode == 0)
    let diff = try policy("diff", "a.json", "b.json")
    // Blocks 1 to 9 have one digit; there are 13.
    #expect(diff.exitCode == 1)
    #expect(diff.output.contains("9 of 28 layers differ"))
    #expect(try policy("show", "b.json").output.contains("block3.depthwise"))
    let fits = try policy("validate", "b.json", "fashion-mobilenet-v1", "--target", "bismo-zynq7020")
    #expect(fits.exitCode == 0 && fits.output.contains("fits fashion-mobilenet-v1 and bismo-zynq7020"))
  }

  @Test("what fits no layer, no network or no target is told at its place")
  func misfits() throws {
    _ = try policy("uniform", "fashion-mobilenet-v1", "--bits", "W4A6", "-o", "a.json")
    let typo = try policy("apply", "a.json", "--set", "stme=W8A8", "-o", "b.json")
    #expect(typo.exitCode == 1 && typo.errors.contains("no layer \"stme\""))
    #expect(!FileManager.default.fileExists(atPath: "\(folder)/b.json"))
    let network = try policy("validate", "a.json", "fashion-mobilenet-v2")
    #expect(network.exitCode == 1 && network.errors.contains("has no layer \"block1.pointwise\""))
    // The spec of the target has 1 to 8 bits.
    _ = try policy("uniform", "fashion-mobilenet-v1", "--bits", "W16A16", "-o", "wide.json")
    let target = try policy("validate", "wide.json", "fashion-mobilenet-v1", "--target", "bismo-zynq7020")
    #expect(target.exitCode == 1)
    #expect(target.errors.contains("cannot run layer \"stem\" at W16A16"))
  }

  @Test("a foreign evaluator refuses options that would not reach it")
  func foreignEvaluator() throws {
    let run = try ProgramRun([
      "evaluate", "fashion-mobilenet-v1", "--evaluator", "true", "--weight-scales", "tensor",
    ])
    #expect(run.exitCode == 64)
    #expect(run.errors.contains("tensor would not reach it"))
  }
}
