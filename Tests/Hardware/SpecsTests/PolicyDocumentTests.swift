import Core
import Diagnostics
import Foundation
import Specs
import Testing

struct PolicyDocumentTests {
  static let network = Network(name: "tiny", batch: 4, layers: NetworkDocumentTests.tiny)
  static let policy = Policy(["W8A8", "W4A6", "W8A8"].compactMap { Precision($0) })

  @Test("reads the documentation's example")
  func example() throws {
    let document = try PolicyDocument.read(try Fixtures.example(in: "policy.md"), file: "p.json").document
    #expect(try document.policy(for: Self.network, file: "p.json") == Self.policy)
    #expect(document.target == .init(id: "example-array", specSHA256: nil))
    #expect(document.cost == [.latency: 0.00125])
    #expect(document.accuracy == .init(top1: 0.915, loss: 0.25, samples: 10000, split: "validation"))
  }

  @Test("what is written reads back, numbers to the last bit")
  func roundTrip() throws {
    let hash = String(repeating: "0a", count: 32)
    let written = PolicyDocument(
      Self.policy, for: Self.network, target: .init(id: "t-1", specSHA256: hash),
      cost: [.latency: 0.1 + 0.2, .energy: 1e-9], accuracy: .init(top1: 1.0 / 3))
    let read = try PolicyDocument.read(Data(written.text.utf8), file: "p").document
    #expect(try read.policy(for: Self.network, file: "p") == Self.policy)
    #expect(read.network == written.network)
    #expect(read.target == written.target)
    #expect(read.cost == written.cost)
    #expect(read.accuracy == written.accuracy)
  }

  @Test("formats are written by name, as version 1.1, and read back; bits stay version 1.0")
  func formats() throws {
    let policy = Policy(["W8A8", "int4-g128/bf16", "W8A32"].compactMap { Precision($0) })
    let text = PolicyDocument(policy, for: Self.network, target: nil).text
    #expect(text.contains("\"schema\": \"haq.policy/1.1\""))
    #expect(text.contains("\"weight_format\": \"int4-g128\", \"activation_format\": \"bf16\""))
    #expect(text.contains("\"weight_bits\": 8, \"activation_bits\": 32"))
    #expect(
      try PolicyDocument.read(Data(text.utf8), file: "p").document.policy(for: Self.network, file: "p")
        == policy)
    #expect(PolicyDocument(Self.policy, for: Self.network, target: nil).text.contains("haq.policy/1.0"))
  }

  @Test("a layer has bits or a format, and the format exists")
  func wrongFormats() {
    func problem(_ fields: String) -> String {
      self.problem("{ \"name\": \"stem\", \"activation_bits\": 8, \(fields) }")
    }
    #expect(
      problem("\"weight_bits\": 8, \"weight_format\": \"bf16\"").contains(
        "a layer has either \"weight_bits\" or \"weight_format\""))
    #expect(problem("\"weight_format\": \"fp8\"").contains("there are fp8-e4m3 and fp8-e5m2"))
    #expect(problem("\"weight_format\": 8").contains("must be text"))
    #expect(problem("\"x-note\": 1").contains("lacks the key \"weight_bits\""))
  }

  @Test("one layer per line, so that people can edit it")
  func layout() {
    let text = PolicyDocument(Self.policy, for: Self.network, target: nil).text
    #expect(text.contains("\n    { \"name\": \"dw\", \"weight_bits\": 4, \"activation_bits\": 6 },\n"))
  }

  private func problem(_ layers: String, sha256: String = "") -> String {
    let text = """
      {
        "schema": "haq.policy/1.0",
        "network": { "name": "tiny"\(sha256) },
        "layers": [
      \(layers)
        ]
      }
      """
    do {
      _ = try PolicyDocument.read(Data(text.utf8), file: "p").document.policy(for: Self.network, file: "p")
      return "accepted"
    } catch { return "\(error)" }
  }

  private func line(_ name: String, _ weight: Int = 8) -> String {
    "{ \"name\": \"\(name)\", \"weight_bits\": \(weight), \"activation_bits\": 8 }"
  }

  @Test("a policy must have every layer of the network once, in order")
  func mismatches() {
    let all = [line("stem"), line("dw"), line("classifier")]
    #expect(problem(all.joined(separator: ",\n")) == "accepted")
    #expect(
      problem(all.dropLast().joined(separator: ",\n")).contains(
        "p: error: the policy lacks layer \"classifier\""))
    #expect(
      problem([all[0], line("dww"), all[2]].joined(separator: ",\n")).contains(
        "p:6:1: error: network \"tiny\" has no layer \"dww\". Did you mean \"dw\"?"))
    #expect(
      problem((all + [all[1]]).joined(separator: ",\n")).contains(
        "p:8:1: error: layer \"dw\" appears twice; it first appears at p:6:1"))
    #expect(
      problem([all[1], all[0], all[2]].joined(separator: ",\n")).contains(
        "p:5:1: error: layer \"dw\" is listed where network \"tiny\" has \"stem\""))
    #expect(
      problem([line("stem", 33), all[1], all[2]].joined(separator: ",\n")).contains(
        "is 33; it must be a whole number 1 to 32"))
  }

  @Test("a fingerprint of other shapes is refused")
  func otherShapes() {
    let all = [line("stem"), line("dw"), line("classifier")].joined(separator: ",\n")
    #expect(problem(all, sha256: ", \"sha256\": \"\(Self.network.shapeSHA256)\"") == "accepted")
    let other = String(repeating: "0", count: 64)
    #expect(problem(all, sha256: ", \"sha256\": \"\(other)\"").contains("made for other layer shapes"))
  }

  @Test("the quantizers of a policy read back; without them, the file is of version 1.0")
  func quantizers() throws {
    let quantizers = PolicyDocument.Quantizers(
      weightScales: .perTensor, clipping: .percentile(99.5), weightClipping: .meanSquaredError)
    let text = PolicyDocument(Self.policy, for: Self.network, target: nil, quantizers: quantizers).text
    #expect(text.contains("haq.policy/1.1"))
    #expect(try PolicyDocument.read(Data(text.utf8), file: "p").document.quantizers == quantizers)
    var corrected = quantizers
    corrected.recipe = .best
    let later = PolicyDocument(Self.policy, for: Self.network, target: nil, quantizers: corrected).text
    #expect(
      later.contains("haq.policy/1.2") && later.contains("channel-clips,learned-rounding,bias-correction"))
    #expect(try PolicyDocument.read(Data(later.utf8), file: "p").document.quantizers == corrected)
    var shifted = quantizers
    shifted.activationRange = .asymmetric
    let latest = PolicyDocument(Self.policy, for: Self.network, target: nil, quantizers: shifted).text
    #expect(latest.contains("haq.policy/1.3") && latest.contains(#""activation_range": "asymmetric""#))
    #expect(try PolicyDocument.read(Data(latest.utf8), file: "p").document.quantizers == shifted)
    let affine = latest.replacing("\"asymmetric\"", with: "\"affine\"")
    #expect(throws: Diagnostics.self) { try PolicyDocument.read(Data(affine.utf8), file: "p") }
    let unknown = later.replacing("learned-rounding", with: "learnt-rounding")
    #expect(throws: Diagnostics.self) { try PolicyDocument.read(Data(unknown.utf8), file: "p") }
    let plain = PolicyDocument(Self.policy, for: Self.network, target: nil).text
    #expect(plain.contains("haq.policy/1.0"))
    #expect(try PolicyDocument.read(Data(plain.utf8), file: "p").document.quantizers == nil)
    // Every problem at once, at its place.
    let wrong = text.replacing("percentile:99.5", with: "percentile:0").replacing("\"mse\"", with: "\"msr\"")
    let problems = try #require(
      #expect(throws: Diagnostics.self) { try PolicyDocument.read(Data(wrong.utf8), file: "p") })
    #expect("\(problems)".contains("percentile:0") && "\(problems)".contains("msr"))
  }
}
