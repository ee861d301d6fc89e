import Core
import Testing

@Suite struct PolicyTextTests {
  @Test("a policy is its precisions in order, and back")
  func roundTrip() {
    let policy = Policy([.eight, Precision("W4A6")!, Precision("W2A32")!])
    #expect(policy.text == "W8A8 W4A6 W2A32")
    #expect(Policy(text: "W8A8 W4A6 W2A32") == policy)
  }

  @Test(
    "anything else is no policy",
    arguments: ["W8", "W8A", "A8W8", "W8A8,W4A6", "W0A8", "W8A33", "w8a8", "float"])
  func refused(_ text: String) { #expect(Policy(text: text) == nil) }
}
