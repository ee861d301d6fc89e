import Core
import Foundation
import Rendering
import Testing

/// Charts of so many policies that their marks lie on one another.
struct ThinningTests {
  /// The numbers of the policies that have a mark, in the order of drawing.
  private static func policies(_ svg: String) -> [Int] {
    svg.matches(of: /data-policy="([0-9]+)"/).compactMap { Int($0.1) }
  }

  /// A curve of accuracy over cost every so often, and everything else below it.
  private static func tradeOff(_ count: Int, frontEvery step: Int) -> TradeOffChart {
    let entries = (1...count).map { number in
      let isOnFront = number.isMultiple(of: step)
      let height = isOnFront ? 0.6 : 0.1 + 0.4 * Double(number * 7919 % 997) / 997
      return TradeOffChart.Entry(
        cost: Double(number * 104729 % count + 1), accuracy: height + 0.3 * Double(number) / Double(count),
        isDominated: !isOnFront, title: "\(number)", policy: number)
    }
    return TradeOffChart(
      title: "t", series: [.init(title: "searched", entries: entries)], costTitle: "latency",
      accuracyTitle: "top-1", reference: nil, format: { "\($0)" })
  }

  @Test("up to a crowd, every policy has its mark")
  func whole() {
    #expect(Self.policies(Self.tradeOff(Thinning.crowd, frontEvery: 10).svg) == Array(1...Thinning.crowd))
  }

  @Test("of a crowd, the front, the extremes and at most 800 in all are drawn, on all parts of the chart")
  func crowd() {
    let chart = Self.tradeOff(20_000, frontEvery: 100)
    let drawn = Self.policies(chart.svg)
    #expect((400...800).contains(drawn.count), "\(drawn.count)")
    #expect(drawn == drawn.sorted() && Set(drawn).count == drawn.count)
    let entries = chart.series[0].entries
    let isDrawn = Set(drawn)
    #expect(entries.filter { !$0.isDominated }.allSatisfy { isDrawn.contains($0.policy ?? 0) })
    for extreme in [
      entries.min { $0.cost < $1.cost }, entries.max { $0.cost < $1.cost },
      entries.min { $0.accuracy < $1.accuracy }, entries.max { $0.accuracy < $1.accuracy },
    ] { #expect(isDrawn.contains(extreme?.policy ?? 0)) }
    // Wherever a policy would have a mark, one is drawn nearby.
    let places = Self.places(entries)
    let marks = entries.indices.filter { isDrawn.contains($0 + 1) }.map { places[$0] }
    for place in stride(from: 0, to: entries.count, by: 17).map({ places[$0] }) {
      #expect(marks.contains { abs($0.x - place.x) < 33 && abs($0.y - place.y) < 33 }, "\(place)")
    }
  }

  /// On a chart of 656 by 392 pixels, with a twentieth of the range as room on each side.
  private static func places(_ entries: [TradeOffChart.Entry]) -> [(x: Double, y: Double)] {
    func pixels(_ values: [Double], _ length: Double) -> [Double] {
      let logarithms = values.map { log10($0) }
      let (least, most) = (logarithms.min() ?? 0, logarithms.max() ?? 1)
      return logarithms.map { ($0 - least) / (most - least) * length / 1.1 }
    }
    let (x, y) = (pixels(entries.map(\.cost), 656), pixels(entries.map { 1 - $0.accuracy }, 392))
    return zip(x, y).map { (x: $0, y: $1) }
  }

  @Test("of a front that is a crowd itself, the ends are drawn, and at most half of all marks")
  func longFront() {
    let chart = Self.tradeOff(20_000, frontEvery: 2)
    let drawn = Set(Self.policies(chart.svg))
    let front = chart.series[0].entries.filter { !$0.isDominated }
    #expect(drawn.count <= 800 && front.count { drawn.contains($0.policy ?? 0) } <= 404)
    for end in [front.min { $0.cost < $1.cost }, front.max { $0.cost < $1.cost }] {
      #expect(drawn.contains(end?.policy ?? 0))
    }
  }

  @Test("of a long search, all that were the best so far, the first and the last are drawn")
  func progress() {
    let entries = (1...20_000).map { number -> ProgressChart.Entry in
      let accuracy = 0.5 + 0.00001 * Double(number * 7919 % 20_000)
      return ProgressChart.Entry(
        accuracy: number % 50 == 3 ? nil : accuracy, cost: Double(number * 104729 % 20_000),
        isBest: number % 200 == 1, title: "\(number)", policy: number)
    }
    let svg = ProgressChart(
      title: "t", entries: entries, costTitle: "latency", accuracyTitle: "top-1", limit: nil,
      format: { "\($0)" }
    ).svg
    let drawn = Self.policies(svg)
    #expect(drawn.count <= 800, "\(drawn.count)")
    #expect(Set(stride(from: 1, through: 20_000, by: 200)).union([20_000]).isSubset(of: drawn))
  }

  @Test("evenly chosen items begin with the first and end with the last")
  func evenly() {
    #expect(Thinning.evenly(Array(0...10), atMost: 3) == [0, 5, 10])
    #expect(Thinning.evenly([1, 2], atMost: 3) == [1, 2])
    #expect(Thinning.evenly(Array(0..<1000), atMost: 999).count == 999)
  }

  @Test("marks without a place on the chart do not end the program")
  func nowhere() {
    let (costs, accuracies) = ([0, Double.infinity, 1e300, 1], [0, 1, 0.5])
    let entries = (1...2000).map { number in
      TradeOffChart.Entry(
        cost: costs[number % 4], accuracy: accuracies[number % 3], isDominated: number % 5 != 0,
        title: "\(number)", policy: number)
    }
    let chart = TradeOffChart(
      title: "t", series: [.init(title: "searched", entries: entries)], costTitle: "latency",
      accuracyTitle: "top-1", reference: nil, format: { "\($0)" })
    #expect(Self.policies(chart.svg).count <= 800)
  }
}
