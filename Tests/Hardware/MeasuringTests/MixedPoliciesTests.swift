import Core
import Measuring
import Testing

@Suite("policies to run whole networks under")
struct MixedPoliciesTests {
  private static let precisions = ["W8A8", "W32A32"].compactMap(Precision.init)

  private func changes(_ policy: Policy) -> Int {
    zip(policy.precisions, policy.precisions.dropFirst()).count { $0 != $1 }
  }

  @Test("are each precision alone, and then mixes with many and with few changes from layer to layer")
  func kinds() {
    let policies = MixedPolicies.policies(layerCount: 60, precisions: Self.precisions, mixes: 40, seed: 1)
    #expect(policies.count == 42)
    #expect(policies[0] == .uniform(Self.precisions[0], layerCount: 60))
    #expect(policies[1] == .uniform(Self.precisions[1], layerCount: 60))
    let mixes = policies.dropFirst(2).enumerated()
    let free = mixes.filter { $0.offset.isMultiple(of: 2) }.map { changes($0.element) }.reduce(0, +)
    let sticky = mixes.filter { !$0.offset.isMultiple(of: 2) }.map { changes($0.element) }.reduce(0, +)
    #expect(sticky * 3 < free)
    #expect(
      policies == MixedPolicies.policies(layerCount: 60, precisions: Self.precisions, mixes: 40, seed: 1))
    #expect(
      policies != MixedPolicies.policies(layerCount: 60, precisions: Self.precisions, mixes: 40, seed: 2))
  }

  @Test("of one precision are one policy")
  func one() {
    #expect(MixedPolicies.policies(layerCount: 3, precisions: [.eight], mixes: 5, seed: 1).count == 1)
  }

  @Test("are each drawn once, as many as a small network has")
  func distinct() {
    // Two layers have four policies at two precisions.
    let policies = MixedPolicies.policies(layerCount: 2, precisions: Self.precisions, mixes: 10, seed: 1)
    #expect(policies.count == 4 && Set(policies).count == 4)
  }
}
