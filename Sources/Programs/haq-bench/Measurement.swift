/// A speed, measured several times.
struct Measurement {
  /// What was measured, for people.
  let what: String
  let quantity: Quantity
  /// Ascending, not empty; in milliseconds, megabytes, times, or things a second.
  let values: [Double]

  /// What the values are.
  enum Quantity {
    /// Milliseconds; the median may be at most `floor`, where we promise one.
    case time(floor: Double?)
    /// Megabytes of 10^6 bytes; the median may be at most `floor`.
    case size(floor: Double)
    /// How many times as much as something else; the median may be at most `floor`, where we promise one.
    case ratio(floor: Double?)
    /// How many times as much as something else; the median must be at least `floor`.
    case gain(floor: Double)
    /// A number in this unit.
    case rate(String)
  }

  /// How long something took, run by run.
  init(_ what: String, seconds: [Double], floorMilliseconds: Double? = nil) {
    precondition(!seconds.isEmpty)
    self.what = what
    quantity = .time(floor: floorMilliseconds)
    values = seconds.map { $0 * 1e3 }.sorted()
  }

  /// How many bytes something has, run by run.
  init(_ what: String, bytes: [Double], floorMegabytes: Double) {
    precondition(!bytes.isEmpty)
    self.what = what
    quantity = .size(floor: floorMegabytes)
    values = bytes.map { $0 / 1e6 }.sorted()
  }

  /// How many times as long as something else it took, run by run.
  init(_ what: String, ratios: [Double], floor: Double? = nil) {
    precondition(!ratios.isEmpty)
    self.what = what
    quantity = .ratio(floor: floor)
    values = ratios.sorted()
  }

  /// How many times as much as something else it did, run by run.
  init(_ what: String, gains: [Double], atLeast floor: Double) {
    precondition(!gains.isEmpty)
    self.what = what
    quantity = .gain(floor: floor)
    values = gains.sorted()
  }

  /// How many things a second, run by run.
  init(_ what: String, rates: [Double], of things: String) {
    self.init(what, rates: rates, per: "\(things)/s")
  }

  /// How many in `unit`, such as `evaluations/min`, run by run.
  init(_ what: String, rates: [Double], per unit: String) {
    precondition(!rates.isEmpty)
    self.what = what
    quantity = .rate(unit)
    values = rates.sorted()
  }

  /// The middle value; the mean of the two in the middle when there is an even number.
  var median: Double {
    (values[(values.count - 1) / 2] + values[values.count / 2]) / 2
  }

  /// `ms`, or `images/s`.
  var unit: String {
    switch quantity {
    case .time: "ms"
    case .size: "MB"
    case .ratio, .gain: "times"
    case .rate(let unit): unit
    }
  }

  /// The limit that we promise, in the unit of the values.
  var floor: Double? {
    switch quantity {
    case .time(let floor), .ratio(let floor): floor
    case .gain(let floor), .size(let floor): floor
    case .rate: nil
    }
  }

  /// Whether the promise is kept; nil when there is none.
  var isMet: Bool? { floor.map { isGain ? median >= $0 : median <= $0 } }

  /// Whether more is better than the floor.
  var isGain: Bool {
    if case .gain = quantity { true } else { false }
  }
}
