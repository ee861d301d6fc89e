import RandomNumbers

/// Clusters numbers on a line around centroids by Lloyd's iteration (Lloyd, 1982).
///
/// On sorted numbers every cluster is a run, and its sum a difference of prefix sums: one iteration costs
/// centroids x log(numbers), so that all widths of all layers of a network take seconds.
public struct KMeansClustering: Sendable {
  private let values: [Float]
  private let order: [Int]
  private let sorted: [Double]
  /// Prefix sums of the sorted numbers, and of their squares.
  private let sums: [Double]
  private let squares: [Double]

  /// Lloyd's iteration always ends; on hundreds of thousands of numbers the last steps change nothing that can be measured.
  private static let mostIterations = 300

  /// Where the centroids start.
  public enum Start: String, Hashable, Sendable, Codable, CaseIterable {
    /// Evenly spaced between the least and the greatest number; the best in Deep Compression, section 3.2.
    case linear
    /// Numbers drawn with probabilities in proportion to their squared distance from those drawn before (k-means++,
    /// Arthur, Vassilvitskii, 2007).
    case plusPlus = "k-means++"
  }

  /// Sorts once, for clusterings of several sizes.
  ///
  /// - Precondition: at least one number, all finite.
  public init(_ values: [Float]) {
    precondition(!values.isEmpty && values.allSatisfy(\.isFinite))
    self.values = values
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    self.order = order
    sorted = order.map { Double(values[$0]) }
    sums = sorted.reduce(into: [0]) { $0.append($0.last! + $1) }
    squares = sorted.reduce(into: [0]) { $0.append($0.last! + $1 * $1) }
  }

  /// At most `count` clusters; equal seeds give equal ones. Clusters that no number belongs to are left out.
  public func codebook(of count: Int, from start: Start = .linear, seed: UInt64 = 1) -> Codebook {
    precondition(count > 0)
    var centroids =
      switch start {
      case .linear: evenlySpaced(count)
      case .plusPlus: drawn(count, seed: seed)
      }
    var ends = runs(around: centroids)
    for _ in 0..<Self.mostIterations {
      let moved = zip(starts(of: ends), ends).map { mean(of: $0..<$1) }
      let (kept, next) = (moved.compactMap(\.self), runs(around: moved.compactMap(\.self)))
      let isStable = next == ends.enumerated().filter { moved[$0.offset] != nil }.map(\.element)
      (centroids, ends) = (kept, next)
      if isStable { break }
    }
    var indices = [Int32](repeating: 0, count: values.count)
    for (cluster, run) in zip(starts(of: ends), ends).enumerated() {
      for place in run.0..<run.1 { indices[order[place]] = Int32(cluster) }
    }
    return Codebook(centroids: centroids.map(Float.init), indices: indices)
  }

  /// The sum of squared distances of the numbers from their cluster's mean, for clusters that are runs of the sorted numbers.
  package func error(ofRunsEndingAt ends: [Int]) -> Double {
    zip(starts(of: ends), ends).reduce(0) { sum, run in
      let count = Double(run.1 - run.0)
      guard count > 0 else { return sum }
      let total = sums[run.1] - sums[run.0]
      return sum + squares[run.1] - squares[run.0] - total * total / count
    }
  }

  private func starts(of ends: [Int]) -> [Int] { [0] + ends.dropLast() }

  private func mean(of run: Range<Int>) -> Double? {
    run.isEmpty ? nil : (sums[run.upperBound] - sums[run.lowerBound]) / Double(run.count)
  }

  /// Where the run of each of the ascending centroids ends: numbers at most half-way to the next one belong to it.
  private func runs(around centroids: [Double]) -> [Int] {
    centroids.indices.map { cluster in
      guard cluster + 1 < centroids.count else { return sorted.count }
      let boundary = (centroids[cluster] + centroids[cluster + 1]) / 2
      return firstPlace { sorted[$0] > boundary }
    }
  }

  /// Of the sorted numbers from which on `holds`.
  private func firstPlace(_ holds: (Int) -> Bool) -> Int {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if holds(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  private func evenlySpaced(_ count: Int) -> [Double] {
    let (least, greatest) = (sorted.first!, sorted.last!)
    guard count > 1, least < greatest else { return [count > 1 ? least : (least + greatest) / 2] }
    return (0..<count).map { least + (greatest - least) * Double($0) / Double(count - 1) }
  }

  private func drawn(_ count: Int, seed: UInt64) -> [Double] {
    var generator = SeededGenerator(seed: seed)
    var centers = [sorted[Int.random(in: 0..<sorted.count, using: &generator)]]
    var distances = sorted.map { ($0 - centers[0]) * ($0 - centers[0]) }
    while centers.count < count {
      let total = distances.reduce(0, +)
      guard total > 0 else { break }
      var rest = Double.random(in: 0..<total, using: &generator)
      // Rounding may leave a rest at the end; the last number that is no centre yet then takes it.
      let place =
        distances.firstIndex { distance in
          rest -= distance
          return distance > 0 && rest < 0
        } ?? distances.lastIndex { $0 > 0 }!
      centers.append(sorted[place])
      for index in sorted.indices {
        let distance = sorted[index] - centers.last!
        distances[index] = min(distances[index], distance * distance)
      }
    }
    return centers.sorted()
  }
}
