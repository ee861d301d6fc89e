import Foundation

/// A constant factor between predictions and measurements, which a wrong unit explains better than a wrong model.
public struct UnitSuspicion: Hashable, Sendable {
  /// Median of measured / predicted.
  public var ratio: Double
  /// What would explain it; nil when no unit does.
  public var explanation: Explanation?

  /// A mistake of units that makes such a factor.
  public enum Explanation: Hashable, Sendable {
    /// The numbers are in this unit instead of the SI unit.
    case prefixed(String)
    /// The numbers are cycles, and the target's clock makes them seconds.
    case cycles(clockHertz: Double)
    /// The numbers are per sample, or for another batch.
    case batch(Int)
  }

  /// Factors below this are errors of a model, not of a unit.
  private static let smallestFactor = 1.9
  /// 80 % of the ratios lie within this factor of each other when a unit is wrong and the model is not.
  private static let widestSpread = 1.5

  /// Whether another unit explains the factor, rather than another batch or nothing.
  public var isOfUnit: Bool {
    switch explanation {
    case .prefixed, .cycles: true
    case .batch, nil: false
    }
  }

  /// Nil when the ratios are near 1 or differ too much from one another to come from a unit.
  ///
  /// - Parameter units: for the metric's SI unit, others with the number of them in it, such as ("ms", 1e3).
  public init?(ratios: [Double], units: [(name: String, perSI: Double)], clockHertz: Double?, batch: Int) {
    let sorted = ratios.filter { $0 > 0 && $0.isFinite }.sorted()
    guard sorted.count >= 3 else { return nil }
    let middle = sorted[sorted.count / 2]
    let spread = sorted[(sorted.count - 1) * 9 / 10] / sorted[sorted.count / 10]
    guard max(middle, 1 / middle) >= Self.smallestFactor, spread <= Self.widestSpread else { return nil }
    ratio = middle
    // Nearer to a unit than half a power of the spread: a factor of 1000 is not one of 800.
    func isNear(_ factor: Double) -> Bool { abs(log(middle / factor)) < log(1.25) }
    if let clockHertz, isNear(clockHertz) {
      explanation = .cycles(clockHertz: clockHertz)
    } else if let unit = units.first(where: { isNear($0.perSI) }) {
      explanation = .prefixed(unit.name)
    } else if batch > 1, isNear(1 / Double(batch)) || isNear(Double(batch)) {
      explanation = .batch(batch)
    } else {
      explanation = nil
    }
  }
}

extension UnitSuspicion {
  /// `the table looks like cycles, not seconds: measured / predicted is 2.0e8 throughout`
  public func sentence(siUnit: String) -> String {
    let factor = String(format: ratio >= 1e-3 && ratio < 1e4 ? "%.4g" : "%.2e", ratio)
    let constant = "the ratio measured / predicted is constant, \(factor)"
    switch explanation {
    case .cycles(let clockHertz):
      return "the table looks like cycles, not \(siUnit): \(constant), and the clock is \(clockHertz) Hz"
    case .prefixed(let unit): return "the table looks like \(unit), not \(siUnit): \(constant)"
    case .batch(let batch):
      return
        "the table looks like costs at another batch, or per sample, not per batch of \(batch): \(constant)"
    case nil: return "\(constant): a unit, a clock or a batch is probably not what one side takes it for"
    }
  }
}
