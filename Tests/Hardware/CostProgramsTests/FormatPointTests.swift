import Conversations
import Core
import CostPrograms
import FixtureBuilding
import Foundation
import Testing

@Suite("Points of cost programs in number formats") struct FormatPointTests {
  /// A program whose latency says which keys it was given.
  private static let body = """
    for i, p in enumerate(points(r)):
        weight = p.get("weight_bits", 0) + 100 * len(p.get("weight_format", ""))
        activation = p.get("activation_bits", 0) + 100 * len(p.get("activation_format", ""))
        say({"point": i, "cost": {"latency_s": float(weight * 10000 + activation)}})
    say({"done": True})
    """

  private func answering(_ precisions: String) throws -> FakeProgram {
    try FakeProgram(
      description: FakeProgram.description.replacing("\"W4A4\",\"W8A8\"", with: precisions), Self.body)
  }

  private func point(_ pair: String) throws -> CostPoint {
    points([3], try #require(Precision(pair)))[0]
  }

  @Test("name formats, and state integers and 32-bit floats as bits, however the pairs were written")
  func keys() throws {
    let fake = try answering("\"int8/int8\",\"int4-g128/bf16\",\"W8A32\",\"fp32/nvfp4\"")
    let program = try CostProgram(fake.launch())
    #expect(
      program.description.pairs
        == Set(try ["W8A8", "int4-g128/bf16", "int8/fp32", "fp32/nvfp4"].map { try #require(Precision($0)) }))
    let asked = try ["W8A8", "int4-g128/bf16", "W8A32", "fp32/nvfp4"].map(point)
    // Names have 9, 4 and 5 letters.
    let found = try withExtendedLifetime(fake) { try program.latencies(asked) }
    #expect(found == [0: 80_008, 1: 9_000_400, 2: 80_032, 3: 320_500])
  }

  @Test("are refused where a description has a pair that is none")
  func wrongPair() throws {
    for pair in ["bf17/bf16", "bf16", "W4", "int8/"] {
      let fake = try answering("\"\(pair)\"")
      let error = try withExtendedLifetime(fake) { try programError { _ = try CostProgram(fake.launch()) } }
      #expect(try #require(error).description.contains("precisions has \"\(pair)\""))
    }
  }

  @Test("are read back as they were written")
  func roundTrip() throws {
    for pair in ["W1A16", "int4-g128/bf16", "fp8-e4m3/fp32", "int3/mxfp6-e2m3"] {
      let question = CostQuestion(try point(pair), batch: 3)
      let line = try MessageLine.encode(question)
      #expect(try MessageLine.decode(CostQuestion.self, from: line) == question)
    }
    let text = try MessageLine.encode(try point("int4-g128/bf16"))
    #expect(text.contains(#""activation_format":"bf16""#) && text.contains(#""weight_format":"int4-g128""#))
    #expect(!text.contains("_bits"))
  }

  @Test("are no points where the format is none, or neither bits nor format are there")
  func malformed() throws {
    let good = try MessageLine.encode(try point("int8/bf16"))
    for (part, other) in [
      ("\"bf16\"", "\"bf17\""), (",\"weight_bits\":8", ""), ("\"weight_bits\":8", "\"weight_bits\":0"),
    ] {
      #expect(good.contains(part))
      let bad = good.replacing(part, with: other)
      #expect(throws: (any Error).self) { try MessageLine.decode(CostPoint.self, from: bad) }
    }
  }
}
