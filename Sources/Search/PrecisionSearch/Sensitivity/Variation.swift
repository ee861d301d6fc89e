import Foundation
import RandomNumbers

/// Logarithms of factors on every layer's two sensitivities.
///
/// What adds up in the program does not quite add up in the network. Solving for varied sensitivities gives policies
/// near the solution that use the whole budget, as changing single widths would not.
struct Variation: Codable {
  /// Standard deviation of the logarithms that `AutomaticSearch` varies by.
  static let sigma = 0.25

  private var logarithms: [[Role: Double]]

  init(layerCount: Int) {
    logarithms = Array(repeating: [.weight: 0, .activation: 0], count: layerCount)
  }

  /// Whether a variation that was read is one of this number of layers.
  func isPossible(layerCount: Int) -> Bool {
    logarithms.count == layerCount
      && logarithms.allSatisfy { layer in
        // Beyond these the factors themselves are no numbers.
        Role.allCases.allSatisfy { role in layer[role].map { abs($0) < 500 } ?? false }
      }
  }

  func factor(layer: Int, role: Role) -> Double { exp(logarithms[layer][role]!) }

  func varied(by sigma: Double, using generator: inout RandomSource) -> Variation {
    var varied = self
    for layer in logarithms.indices {
      for role in Role.allCases { varied.logarithms[layer][role]! += sigma * generator.normal() }
    }
    return varied
  }
}
