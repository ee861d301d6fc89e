import Foundation
public import HardwareModel

/// SI values as people read them: four significant digits and an engineering prefix.
public enum Quantity {
  /// Such as `57.70 ms`.
  public static func seconds(_ value: Double) -> String { text(value, unit: "s") }

  /// Such as `1.250 mJ`.
  public static func joules(_ value: Double) -> String { text(value, unit: "J") }

  /// Such as `3.470 MB`; a megabyte is 10^6 bytes.
  public static func bytes(_ value: Double) -> String {
    value < 1000 ? "\(Int(value.rounded())) B" : text(value, unit: "B")
  }

  /// Such as `300.8 M`.
  public static func count(_ value: Int) -> String {
    value < 1000 ? "\(value)" : text(Double(value), unit: "")
  }

  /// Such as `12.5 %`.
  public static func percent(_ share: Double) -> String { String(format: "%.1f %%", share * 100) }

  /// A cost in the metric's unit.
  public static func cost(_ value: Double, _ metric: Metric) -> String {
    switch metric {
    case .latency: seconds(value)
    case .energy: joules(value)
    case .weightBytes, .trafficBytes, .bufferBytes: bytes(value)
    }
  }

  private static let prefixes: [(scale: Double, letter: String)] = [
    (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1, ""), (1e-3, "m"), (1e-6, "µ"), (1e-9, "n"),
    (1e-12, "p"),
  ]

  private static func text(_ value: Double, unit: String) -> String {
    guard value != 0 else { return "0 \(unit)" }
    // A value that rounds up to 1000 belongs to the next prefix: 999.96 ms is 1.000 s.
    let rounding = 0.99995
    let prefix = prefixes.first { abs(value) >= $0.scale * rounding } ?? prefixes[prefixes.count - 1]
    let scaled = value / prefix.scale
    let decimals = abs(scaled) >= 99.995 ? 1 : abs(scaled) >= 9.9995 ? 2 : 3
    return String(format: "%.\(decimals)f \(prefix.letter)\(unit)", scaled)
  }
}
