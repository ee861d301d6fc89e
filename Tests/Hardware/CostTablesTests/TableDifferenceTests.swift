import Core
import CostTables
import Testing

@Suite("where two tables of one network differ")
struct TableDifferenceTests {
  private static let network = Network(
    name: "two",
    layers: ["a", "b"].map { Layer(name: $0, kind: .fullyConnected, inputChannels: 1, outputChannels: 1) })

  private func table(_ cells: [(layer: Int, bits: Int, cost: [Metric: Double])]) throws -> LookupTable {
    let pairs = try cells.map { cell in
      let width = try #require(BitWidth(cell.bits))
      let precision = Precision(weight: width, activation: .eight)
      return (Point(layer: cell.layer, precision: precision), cell.cost)
    }
    return LookupTable(network: Self.network, cells: Dictionary(uniqueKeysWithValues: pairs))
  }

  @Test(
    "costs within the tolerance are equal; the largest relative difference comes first, one from 0 before all"
  )
  func differences() throws {
    let first = try table([
      (0, 2, [.latency: 100]), (0, 4, [.latency: 200]), (1, 2, [.latency: 0]), (1, 4, [.latency: 10]),
    ])
    let second = try table([
      (0, 2, [.latency: 101]), (0, 4, [.latency: 210]), (1, 2, [.latency: 1]), (1, 4, [.latency: 9]),
    ])
    let difference = TableDifference(first, second, tolerance: 0.01)
    #expect(difference.compared == 4)
    // 1 % is allowed; 210 is 5 % above 200, 9 is 10 % below 10, and 1 is no multiple of 0.
    #expect(difference.differences.map(\.layer) == ["b", "b", "a"])
    #expect(difference.differences.map(\.precision) == ["W2A8", "W4A8", "W4A8"])
    #expect(difference.differences.map(\.relative) == [nil, -0.1, 0.05])
    #expect(!difference.isEmpty)
    #expect(TableDifference(first, first, tolerance: 0).isEmpty)
  }

  @Test("a cell or a metric of one table alone is named, not compared")
  func missing() throws {
    let first = try table([(0, 2, [.latency: 1, .energy: 1]), (1, 2, [.latency: 1])])
    let second = try table([(0, 2, [.latency: 1]), (1, 4, [.latency: 1])])
    let difference = TableDifference(first, second, tolerance: 0)
    #expect(difference.compared == 1)
    #expect(difference.metricsOfOneTable == [.energy])
    #expect(difference.onlyInFirst == ["b at W2A8, latency"])
    #expect(difference.onlyInSecond == ["b at W4A8, latency"])
  }
}
