import Core
import Foundation
import Synchronization
import Testing

/// Four layers: `stem` is read by `left` and `right`, whose sum `last` reads, and that gives the scores.
private let fork = Network(
  name: "fork", batch: 1,
  layers: ["stem", "left", "right", "last"].map {
    Layer(name: $0, kind: .fullyConnected, inputChannels: 2, outputChannels: 2)
  }, outputReaders: [[1, 2], [3], [3], []])

/// 1000 times the layer's number, plus its bits of outputs; remembers what it was asked about.
private final class OutputModel: CostModel {
  let usesOutputWidths: Bool
  private let points = Mutex<[Point]>([])

  init(usesOutputWidths: Bool = true) { self.usesOutputWidths = usesOutputWidths }

  var asked: [Point] { points.withLock { $0 } }

  func outcomes(of points: [Point], in network: Network) -> [PointOutcome] {
    self.points.withLock { $0 += points }
    return points.map {
      .cost(Cost(values: [.latency: Double(1000 * ($0.layer + 1) + ($0.output?.bits ?? 0))]))
    }
  }
}

@Suite("Widths at which outputs are stored")
struct OutputWidthTests {
  private func table(
    _ model: OutputModel, of network: Network = fork, bits: [Int] = [4, 8], rules: WidthRules = WidthRules()
  ) throws -> CostTable {
    let widths = bits.compactMap(BitWidth.init)
    return try CostTable(
      of: network, from: model, weightWidths: widths, activationWidths: widths, widthRules: rules,
      aggregates: [.latency: .sum], provenance: .withoutHardware("by hand"))
  }

  private func outputs(_ table: CostTable, _ policy: Policy) -> [Int?] {
    policy.precisions.indices.map { table.outputWidth(ofLayer: $0, under: policy)?.bits }
  }

  @Test("are those of the widest reader, and 32 bits where nobody quantizes the output")
  func widest() throws {
    let policy = Tables.policy("W8A8", "W8A4", "W8A8", "W8A4")
    #expect((0..<4).map { fork.outputWidth(ofLayer: $0, under: policy)?.bits } == [8, 4, 4, 32])
    let table = try table(OutputModel())
    #expect(outputs(table, policy) == [8, 4, 4, 32])
    // 1008 + 2004 + 3004 + 4032.
    #expect(try table.total(.latency, of: policy) == 10_048)
    #expect(table.cost(.latency, layer: 0, under: policy) == 1008)
    #expect(table.cost(.latency, layer: 0, at: policy[0], output: BitWidth(4)) == 1004)
    // One layer alone is compared as in a network of its own widths.
    #expect(table.cost(.latency, layer: 1, underUniform: .eight) == 2008)
    #expect(table.cost(.latency, layer: 3, underUniform: .eight) == 4032)
  }

  @Test("without a width there is no cost where costs depend on it")
  func unstated() throws {
    let table = try table(OutputModel())
    #expect(table.cost(.latency, layer: 0, at: .eight) == nil)
    // The last layer's is 32 under any policy, and the first layer's never.
    #expect(table.cost(.latency, layer: 3, at: .eight, output: .eight) == nil)
    #expect(table.cost(.latency, layer: 0, at: .eight, output: .float) == nil)
    #expect(table.outputWidths(ofLayer: 3) == [.float])
    #expect(table.outputWidths(ofLayer: 0).map { $0?.bits } == [4, 8])
  }

  @Test("are those that the readers are costed at, where a target rounds widths up")
  func roundedUp() throws {
    let table = try table(OutputModel(), rules: WidthRules(pairs: .equal, otherWidths: .roundUp))
    // W5A3 is costed as W8A8, W3A2 as W4A4.
    let policy = Tables.policy("W8A8", "W5A3", "W3A2", "W3A2")
    #expect(outputs(table, policy) == [8, 4, 4, 32])
    #expect(try table.total(.latency, of: policy) == 10_048)
  }

  @Test("are asked for only of models whose costs depend on them, in networks whose connections are known")
  func asked() throws {
    let model = OutputModel()
    _ = try table(model)
    // Four pairs of widths; three layers of two output widths, and one of one.
    #expect(model.asked.count == 4 * (3 * 2 + 1))
    #expect(Set(model.asked.map { $0.output?.bits }) == [4, 8, 32])
    let other = OutputModel(usesOutputWidths: false)
    #expect(!(try table(other).usesOutputWidths))
    #expect(other.asked.count == 16 && other.asked.allSatisfy { $0.output == nil })
    let list = OutputModel()
    var network = fork
    network.outputReaders = nil
    let unread = try table(list, of: network)
    #expect(list.asked.count == 16 && list.asked.allSatisfy { $0.output == nil })
    // 1000 + 2000 + 3000 + 4000.
    #expect(try unread.total(.latency, of: .uniform(.eight, layerCount: 4)) == 10_000)
  }

  @Test("a pair is supported where the layer runs at every width of its output")
  func supported() throws {
    struct Narrow: CostModel {
      var usesOutputWidths: Bool { true }

      func outcomes(of points: [Point], in network: Network) -> [PointOutcome] {
        points.map { point in
          point.layer == 0 && point.precision.weight == .eight && point.output == .eight
            ? .doesNotFit : .cost(Cost(values: [.latency: 1]))
        }
      }
    }
    let widths = [4, 8].compactMap(BitWidth.init)
    let table = try CostTable(
      of: fork, from: Narrow(), weightWidths: widths, activationWidths: widths, aggregates: [.latency: .sum],
      provenance: .withoutHardware("by hand"))
    #expect(!table.supports(layer: 0, at: .eight))
    #expect(table.supports(layer: 0, at: Precision("W4A8")!))
    // Under a policy the readers' widths are known.
    #expect(!table.supports(layer: 0, under: .uniform(.eight, layerCount: 4)))
    #expect(table.supports(layer: 0, under: Tables.policy("W8A8", "W8A4", "W8A4", "W8A4")))
  }

  @Test(
    "survive being stored; tables of earlier versions have none, and readers that do not exist are refused")
  func stored() throws {
    let table = try table(OutputModel())
    let text = try JSONEncoder().encode(table)
    let read = try JSONDecoder().decode(CostTable.self, from: text)
    let policy = Tables.policy("W8A8", "W8A4", "W8A8", "W8A4")
    #expect(try read.total(.latency, of: policy) == 10_048)
    #expect(read.network == fork)
    let earlier = #"{"name": "n", "batch": 1, "layers": []}"#
    #expect(try JSONDecoder().decode(Network.self, from: Data(earlier.utf8)).outputReaders == nil)
    let spoilt = #"{"name": "n", "batch": 1, "layers": [], "outputReaders": [[7]]}"#
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(Network.self, from: Data(spoilt.utf8)) }
  }
}
