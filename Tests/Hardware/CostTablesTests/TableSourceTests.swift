import Core
import CostTables
import FixtureBuilding
import Testing

@Suite("what is needed to read a table, and where it comes from")
struct TableSourceTests {
  private let folder: TemporaryFolder
  private let network = Network(
    name: "one", layers: [Layer(name: "fc", kind: .fullyConnected, inputChannels: 4, outputChannels: 2)])

  init() throws { folder = try TemporaryFolder() }

  private func message(_ work: () throws -> Void) -> String {
    do {
      try work()
      return "nothing was thrown"
    } catch { return "\(error)" }
  }

  private func named(_ more: String = "", _ value: String = "") throws -> String {
    try folder.write("name,weight_bits,activation_bits,latency_s\(more)\nfc,4,8,3\(value)\n", to: "t.csv")
  }

  @Test(
    "a table of names takes the shapes of its network, at the batch that the table, else the user, states")
  func shapes() throws {
    let shapes: TableSource.Shapes = { batch, defaultBatch in
      (batch ?? defaultBatch).map { self.network.withBatch($0) }
    }
    let file = try named()
    let table = try TableSource(shapes: shapes, batch: 4).table(file)
    #expect(table.network == network.withBatch(4))
    #expect(table.cost(.latency, layer: 0, at: try #require(Precision("W4A8"))) == 3)
    #expect(message { _ = try TableSource(shapes: shapes).table(file) }.contains("Give --batch."))
  }

  @Test("a table of names alone needs its network named")
  func unnamed() throws {
    let file = try named()
    #expect(message { _ = try TableSource(batch: 1).table(file) }.contains("Give --network."))
  }

  @Test("a file that is not there is named, with the reason")
  func absent() {
    #expect(
      message { _ = try TableSource().table(folder.path("no.csv")) }
        == "\(folder.path("no.csv")): error: cannot read the file: No such file or directory")
  }
}
