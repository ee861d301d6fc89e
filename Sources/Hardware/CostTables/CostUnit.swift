import Core

/// The unit of a column of costs, and how its numbers become SI units.
public struct CostUnit: Hashable, Sendable {
  /// As people write it.
  public let name: String
  /// SI units in one of it; nil for cycles, which need a clock.
  let factor: Double?
  /// What it measures.
  let dimension: Dimension

  enum Dimension: Hashable, Sendable {
    case time, energy, bytes

    init(_ metric: Metric) {
      switch metric.unit {
      case .seconds: self = .time
      case .joules: self = .energy
      case .bytes: self = .bytes
      }
    }
  }

  public static let seconds = CostUnit(name: "s", factor: 1, dimension: .time)
  public static let cycles = CostUnit(name: "cycles", factor: nil, dimension: .time)

  /// The SI unit of a metric.
  init(si metric: Metric) {
    let dimension = Dimension(metric)
    let name =
      switch dimension {
      case .time: "s"
      case .energy: "J"
      case .bytes: "bytes"
      }
    self.init(name: name, factor: 1, dimension: dimension)
  }

  private init(name: String, factor: Double?, dimension: Dimension) {
    self.name = name
    self.factor = factor
    self.dimension = dimension
  }

  /// What a word of a header means, in lower case; nil for no unit, also for "kb", which is 1000 bytes to some and
  /// 1024 to others.
  init?(word: String) {
    guard let unit = Self.words[word] else { return nil }
    self = unit
  }

  var isCycles: Bool { factor == nil }

  private static let words: [String: CostUnit] = {
    var words: [String: CostUnit] = [:]
    func add(_ names: [String], _ name: String, _ factor: Double?, _ dimension: Dimension) {
      for word in names {
        words[word] = CostUnit(name: name, factor: factor, dimension: dimension)
      }
    }
    add(["s", "sec", "secs", "second", "seconds"], "s", 1, .time)
    add(["ms", "msec", "millisecond", "milliseconds"], "ms", 1e-3, .time)
    add(["us", "usec", "microsecond", "microseconds"], "us", 1e-6, .time)
    add(["ns", "nsec", "nanosecond", "nanoseconds"], "ns", 1e-9, .time)
    add(["cycle", "cycles", "clocks", "clock_cycles", "cycle_count"], "cycles", nil, .time)
    add(["j", "joule", "joules"], "J", 1, .energy)
    add(["mj", "millijoule", "millijoules"], "mJ", 1e-3, .energy)
    add(["uj", "microjoule", "microjoules"], "uJ", 1e-6, .energy)
    add(["nj", "nanojoule", "nanojoules"], "nJ", 1e-9, .energy)
    add(["pj", "picojoule", "picojoules"], "pJ", 1e-12, .energy)
    add(["b", "byte", "bytes"], "bytes", 1, .bytes)
    add(["kib"], "KiB", 1024, .bytes)
    add(["mib"], "MiB", 1_048_576, .bytes)
    return words
  }()
}

extension CostSheet {
  /// The unit of latencies, where a file does not state it.
  public enum StatedUnit: String, Hashable, Sendable, CaseIterable {
    case seconds, milliseconds, microseconds, nanoseconds, cycles

    public init(_ unit: LatencyUnit) { self = unit == .cycles ? .cycles : .seconds }

    var unit: CostUnit { CostUnit(word: rawValue) ?? .seconds }
  }
}
