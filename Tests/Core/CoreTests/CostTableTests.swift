import Core
import Foundation
import Testing

@Suite("a table of every cost that a search asks for")
struct CostTableTests {
  private let policy = Tables.policy("W2A8", "W4A8")

  @Test("the layers of a network add up, or the largest counts, as its target says")
  func totals() throws {
    let table = try Tables.table([.latency: .sum, .energy: .max, .bufferBytes: .max])
    // 1 x 2 + 2 x 4.
    #expect(try table.total(.latency, of: policy) == 10)
    // 2 x 8 and 4 x 8.
    #expect(try table.total(.energy, of: policy) == 32)
    // 100 x 1 x 2 and 100 x 2 x 4.
    #expect(try table.totals(of: policy) == [.latency: 10, .energy: 32, .bufferBytes: 800])
    #expect(table.costs(ofLayer: 1, at: policy[1]) == [.latency: 8, .energy: 32, .bufferBytes: 800])
    #expect(table.layerSum(.energy, of: policy) == 48)
  }

  @Test("what the target does not state or cannot run has no cost, which is no failure")
  func unsupported() throws {
    let table = try Tables.table([.latency: .sum])
    #expect(try table.total(.energy, of: policy) == nil)
    let impossible = Tables.policy("W2A4", "W2A4")
    #expect(try table.total(.latency, of: impossible) == nil)
    #expect(table.supports(layer: 0, at: impossible[0]) && !table.supports(layer: 1, at: impossible[1]))
    #expect(try table.totals(.latency, of: [policy, impossible]) == [10, nil])
    #expect(try table.total(.latency, of: Tables.policy("W3A8", "W2A8")) == nil)
  }

  @Test("a layer of a width that the target rounds up costs what the next one does")
  func roundedUp() throws {
    let table = try Tables.table([.latency: .sum], rules: WidthRules(otherWidths: .roundUp))
    #expect(try table.total(.latency, of: Tables.policy("W3A8", "W2A8")) == 4 + 4)
  }

  @Test("where layers overlap, the target itself is asked, once for each policy")
  func network() throws {
    let model = WholeModel()
    let table = try Tables.table([.latency: .network], networkModel: model)
    // 2 x (2 + 4); the layers alone would be 10.
    #expect(try table.total(.latency, of: policy) == 12)
    #expect(try table.totals(.latency, of: [policy, Tables.policy("W8A8", "W8A8")]) == [12, 32])
    #expect(try table.total(.latency, of: policy) == 12)
    #expect(model.asked == 2)
    // It is not asked about what it cannot run.
    #expect(try table.total(.latency, of: Tables.policy("W2A4", "W2A4")) == nil)
    #expect(model.asked == 2)
  }

  @Test("a target that fails is told from one that cannot run the policy, and is not asked again")
  func failure() throws {
    let model = WholeModel()
    let table = try Tables.table([.latency: .network, .energy: .sum], networkModel: model)
    model.breakDown()
    for _ in 0..<2 {
      let failure = #expect(throws: NetworkCostFailure.self) { try table.total(.latency, of: policy) }
      #expect(failure?.description == "no cost of network \"two\" as a whole: the model broke")
    }
    #expect(model.asked == 1)
    #expect(throws: NetworkCostFailure.self) { try table.totals(of: policy) }
    #expect(try table.total(.energy, of: policy) == 16 + 32)
  }

  @Test("a table that was read has no target to ask, and costs of layers as before")
  func coding() throws {
    let table = try Tables.table([.latency: .network, .energy: .sum], networkModel: WholeModel())
    let read = try JSONDecoder().decode(CostTable.self, from: JSONEncoder().encode(table))
    #expect(try read.total(.latency, of: policy) == nil)
    #expect(read.layerSum(.latency, of: policy) == 10)
    #expect(try read.total(.energy, of: policy) == 48)
    #expect(read.provenance == table.provenance && read.network == table.network)
  }

  @Test("a breakdown has the keys that studies store")
  func breakdownKeys() throws {
    let breakdown = Breakdown(
      computeSeconds: 1, weightTrafficSeconds: 2, activationTrafficSeconds: 3, bound: .weightTraffic)
    let stored = #"{"activationTraffic_s":3,"bound":"weight-traffic","compute_s":1,"weightTraffic_s":2}"#
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(String(decoding: try encoder.encode(breakdown), as: UTF8.self) == stored)
    #expect(try JSONDecoder().decode(Breakdown.self, from: Data(stored.utf8)) == breakdown)
  }

  @Test("a table with the network's memory knows the bytes of weights and the most bytes of activations")
  func memory() throws {
    // The input, and the output of the first layer, which the second reads.
    let memory = ActivationMemory(
      values: [.init(elements: 12, layers: [0]), .init(elements: 6, layers: [1])], liveSets: [[0, 1], [1]])
    let table = try Tables.table([.latency: .sum]).withMemory(memory)
    // 8 weights of 2 bits and 10 of 4: 16 + 40 bits.
    #expect(try table.total(.weightBytes, of: policy) == 7)
    // 12 and 6 elements of 8 bits.
    #expect(try table.total(.peakActivationBytes, of: policy) == 18)
    #expect(table.metricsOfTarget == [.latency])
    #expect(try Tables.table([.latency: .sum]).total(.weightBytes, of: policy) == nil)
  }
}
