import Foundation

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

  /// Such as `1 point`, `2 points` or `2 policies`.
  ///
  /// - Parameter plural: Nil adds an s.
  public static func counted(_ count: Int, _ noun: String, _ plural: String? = nil) -> String {
    "\(count) \(count == 1 ? noun : plural ?? noun + "s")"
  }

  /// Such as `26.2 T` or `0.5`, for axes: three significant digits at most.
  public static func plain(_ value: Double) -> String {
    // 999.5 has four digits as three significant ones: 1 k.
    guard value < 999.5 else {
      let prefix = prefixes.first { value >= $0.scale * 0.9995 } ?? (1, "")
      return String(format: "%.3g %@", value / prefix.scale, prefix.letter)
    }
    return String(format: "%.3g", value)
  }

  /// Such as `92.66 %`: accuracies are given to hundredths of a percent.
  public static func accuracy(_ share: Double) -> String { String(format: "%.2f %%", share * 100) }

  /// Such as `12.5 %`.
  public static func percent(_ share: Double) -> String { String(format: "%.1f %%", share * 100) }

  /// Such as `0.031 %`; three significant digits below 10 %, and 0 only when it is 0.
  public static func smallPercent(_ share: Double) -> String {
    share == 0 || share >= 0.1 ? percent(share) : String(format: "%.3g %%", share * 100)
  }

  /// A correlation with four decimals, `-` when there is none; 1 only when it is 1.
  public static func coefficient(_ value: Double?) -> String {
    guard let value else { return "-" }
    if value == 1 { return "1" }
    let text = String(format: "%.4f", value)
    return text == "1.0000" ? "0.9999+" : text
  }

  /// A cost at an axis, such as `30 ms`.
  public static func tick(_ value: Double, _ metric: Metric) -> String {
    let unit = metric.unit.rawValue
    let prefix = prefixes.first { value >= $0.scale * 0.9995 } ?? prefixes[prefixes.count - 1]
    return String(format: "%.3g", value / prefix.scale) + " \(prefix.letter)\(unit)"
  }

  /// Such as `+0.31 %`.
  public static func signedPercent(_ share: Double) -> String { String(format: "%+.2f %%", share * 100) }

  /// Such as `1.250 mJ`.
  public static func value(_ value: Double, in unit: Component.Unit) -> String {
    switch unit {
    case .seconds: seconds(value)
    case .joules: joules(value)
    case .bytes: bytes(value)
    }
  }

  /// A cost in the metric's unit.
  public static func cost(_ value: Double, _ metric: Metric) -> String { self.value(value, in: metric.unit) }

  /// A cost beside that of the reference, such as `3.470 ms (0.532x of uniform 8 bit)`; without the latter where it is
  /// nil or 0.
  public static func cost(_ value: Double, _ metric: Metric, beside reference: ReferenceCost) -> String {
    let share = multiple(value, of: reference.cost).map { " (\($0) of uniform \(reference.precision.title))" }
    return cost(value, metric) + (share ?? "")
  }

  /// Such as `0.532x`; nil where there is no reference, or it is 0.
  public static func multiple(_ value: Double, of reference: Double?) -> String? {
    guard let reference, reference > 0 else { return nil }
    return String(format: "%.3fx", value / reference)
  }

  private static let prefixes: [(scale: Double, letter: String)] = [
    (1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1, ""), (1e-3, "m"), (1e-6, "µ"),
    (1e-9, "n"),
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
