import Quantization
import RandomNumbers
import Testing

@Suite struct KMeansClusteringTests {
  private func squaredError(_ values: [Float], _ book: Codebook) -> Double {
    zip(values, book.weights).reduce(0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
  }

  /// Of every way to cut the sorted numbers into so many runs: clusters on a line are runs.
  private func bruteForceOptimum(_ values: [Float], clusters: Int) -> Double {
    let sorted = values.sorted().map(Double.init)
    func error(_ run: ArraySlice<Double>) -> Double {
      let mean = run.reduce(0, +) / Double(run.count)
      return run.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }
    func best(from start: Int, clusters: Int) -> Double {
      if clusters == 1 { return error(sorted[start...]) }
      return (start + 1...sorted.count - clusters + 1).map {
        error(sorted[start..<$0]) + best(from: $0, clusters: clusters - 1)
      }.min()!
    }
    return best(from: 0, clusters: clusters)
  }

  private func numbers(_ count: Int, seed: UInt64) -> [Float] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in Float.random(in: -1...1, using: &generator) }
  }

  @Test("clusters by hand: 1, 2, 9, 10, 11 around two centroids")
  func byHand() {
    // Linear start: 1 and 11, boundary 6; means 1.5 and 10; boundary 5.75 changes nothing.
    let book = KMeansClustering([9, 1, 11, 2, 10]).codebook(of: 2)
    #expect(book.centroids == [1.5, 10])
    #expect(book.indices == [1, 0, 1, 0, 1])
    #expect(book.weights == [10, 1.5, 10, 1.5, 10])
    #expect(book.counts == [2, 3])
  }

  @Test("well separated groups are found exactly", arguments: KMeansClustering.Start.allCases)
  func separated(_ start: KMeansClustering.Start) {
    for seed in 1...5 as ClosedRange<UInt64> {
      let values = numbers(12, seed: seed).enumerated().map { Float($0.offset % 3) * 100 + $0.element }
      let book = KMeansClustering(values).codebook(of: 3, from: start, seed: seed)
      let best = bruteForceOptimum(values, clusters: 3)
      #expect(abs(squaredError(values, book) - best) < 1e-3 * best)
    }
  }

  @Test("no clustering beats brute force, and the better of both starts is near it", arguments: 2...4)
  func optimum(clusters: Int) {
    var (found, least) = (0.0, 0.0)
    for seed in 1...20 as ClosedRange<UInt64> {
      let values = numbers(11, seed: seed)
      let clustering = KMeansClustering(values)
      let best = bruteForceOptimum(values, clusters: clusters)
      let errors = KMeansClustering.Start.allCases.map {
        squaredError(values, clustering.codebook(of: clusters, from: $0, seed: seed))
      }
      #expect(errors.allSatisfy { $0 >= best * (1 - 1e-5) })
      found += errors.min()!
      least += best
    }
    // Lloyd's iteration ends in local optima; over twenty arrays they cost little.
    #expect(found < 1.3 * least)
  }

  @Test("a clustering is at rest: each number has its nearest centroid, each centroid is its numbers' mean")
  func fixedPoint() {
    for start in KMeansClustering.Start.allCases {
      let values = numbers(500, seed: 9)
      let book = KMeansClustering(values).codebook(of: 16, from: start, seed: 4)
      for (value, index) in zip(values, book.indices) {
        let own = abs(value - book.centroids[Int(index)])
        #expect(book.centroids.allSatisfy { own <= abs(value - $0) + 1e-6 })
      }
      for (cluster, centroid) in book.centroids.enumerated() {
        let members = zip(values, book.indices).filter { Int($0.1) == cluster }.map(\.0)
        #expect(!members.isEmpty)
        #expect(abs(members.reduce(0, +) / Float(members.count) - centroid) < 1e-5)
      }
    }
  }

  @Test("prefix sums give the errors of runs")
  func prefixSums() {
    // 1, 2, 4 around 7/3: 16/9 + 1/9 + 25/9 = 42/9; 10, 12 around 11: 2.
    let error = KMeansClustering([12, 1, 4, 10, 2]).error(ofRunsEndingAt: [3, 5])
    #expect(abs(error - (42.0 / 9 + 2)) < 1e-12)
  }

  @Test("as many centroids as distinct numbers keep every number; equal numbers need one")
  func degenerate() {
    let values: [Float] = [3, -1, 3, 0.5]
    for start in KMeansClustering.Start.allCases {
      #expect(KMeansClustering([7, 7, 7]).codebook(of: 4, from: start).weights == [7, 7, 7])
      #expect(KMeansClustering([-2]).codebook(of: 256, from: start).weights == [-2])
    }
    #expect(KMeansClustering(values).codebook(of: 256, from: .plusPlus).weights == values)
  }

  @Test("equal seeds give equal codebooks, another seed another start")
  func seeds() {
    let clustering = KMeansClustering(numbers(300, seed: 2))
    func book(_ seed: UInt64) -> Codebook { clustering.codebook(of: 8, from: .plusPlus, seed: seed) }
    #expect(book(5) == book(5))
    #expect((1...5).contains { book($0) != book(5 + $0) })
  }
}
