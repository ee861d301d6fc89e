import Core
import CostTables
import FixtureBuilding
import Testing

@Suite("which layer of a table is which of a network")
struct LayerMatchingTests {
  private let folder: TemporaryFolder
  private static let network = Network(
    name: "three",
    layers: [8, 16, 32].map {
      Layer(name: "fc\($0)", kind: .fullyConnected, inputChannels: $0, outputChannels: 10)
    })

  init() throws { folder = try TemporaryFolder() }

  private func source(_ match: LayerMatching? = nil, firstLayer: Int? = nil) -> TableSource {
    var source = TableSource(shapes: { batch, _ in Self.network.withBatch(batch ?? 1) }, batch: 1)
    (source.match, source.firstLayer) = (match, firstLayer)
    return source
  }

  private func latencies(_ text: String, _ source: TableSource) throws -> [Double?] {
    let table = try source.table(try folder.write(text, to: "t.csv"))
    return (0..<3).map { table.cost(.latency, layer: $0, at: .eight) }
  }

  private func message(_ text: String, _ source: TableSource) -> String {
    do {
      _ = try latencies(text, source)
      return "nothing was thrown"
    } catch { return "\(error)" }
  }

  @Test("names of another framework are matched by order, and the match is reported")
  func order() throws {
    let text = "name,bits,latency_s\nfeatures.0,8,1\nfeatures.3,8,2\nclassifier,8,3\n"
    #expect(message(text, source()).contains("has no layer \"features.0\""))
    #expect(message(text, source()).contains("--match order"))
    #expect(try latencies(text, source(.order)) == [1, 2, 3])
    let match = try source(.order).read(folder.path("t.csv")).match
    #expect(match.by == .order)
    #expect(match.layers.map(\.table) == ["features.0", "features.3", "classifier"])
  }

  @Test("an order of another number of layers is none")
  func otherCount() {
    let text = "name,bits,latency_s\nfeatures.0,8,1\nclassifier,8,3\n"
    #expect(
      message(text, source(.order)).contains("the table has 2 layers (features.0, classifier, ...), network"))
  }

  @Test("names are believed where they are asked for, whatever the shapes say")
  func name() throws {
    let header = "name,kind,groups,in_channels,out_channels,input,output,kernel,stride,bits,latency_s\n"
    // The shapes of fc8 and fc16 have changed places.
    let text =
      header + "fc8,fully-connected,1,16,10,1,1,1,1,8,1\nfc16,fully-connected,1,8,10,1,1,1,1,8,2\n"
      + "fc32,fully-connected,1,32,10,1,1,1,1,8,3\n"
    #expect(try latencies(text, source(.shape)) == [2, 1, 3])
    #expect(try latencies(text, source()) == [2, 1, 3])
    #expect(try latencies(text, source(.name)) == [1, 2, 3])
    let bare = "layer,bits,latency_s\n0,8,1\n"
    #expect(message(bare, source(.name)).contains("does not state names"))
    #expect(message(bare, source(.shape)).contains("does not state shapes"))
  }

  @Test("numbers from 1 are never taken for numbers from 0")
  func numbersFromOne() throws {
    // The last layer was not measured, so that each number exists when counted from 0, too.
    let text = "layer,bits,latency_s\n1,8,1\n2,8,2\n"
    #expect(message(text, source()).contains("Give --first-layer 1"))
    #expect(try latencies(text, source(firstLayer: 1)) == [1, 2, nil])
    #expect(try latencies(text, source(firstLayer: 0)) == [nil, 1, 2])
    #expect(message(text + "3,8,3\n", source()).contains("--first-layer 1"))
    let named = "layer,name,bits,latency_s\n1,fc8,8,1\n2,fc16,8,2\n"
    #expect(message(named, source()).contains("If the table counts from 1, give --first-layer 1."))
    #expect(try latencies(named, source(firstLayer: 1)) == [1, 2, nil])
  }

  @Test("a table that nothing states a batch of is refused, also where a target has one")
  func batch() {
    var source = source()
    source.batch = nil
    source.shapes = { batch, defaultBatch in (batch ?? defaultBatch).map { Self.network.withBatch($0) } }
    #expect(message("layer,bits,latency_s\n0,8,1\n", source).contains("Give --batch."))
  }

  @Test("layers that the table's own numbers skip are known to be missing")
  func gaps() throws {
    let header =
      "layer,name,batch,kind,groups,in_channels,out_channels,input,output,kernel,stride,bits,latency_s\n"
    let text =
      header + "0,a,1,fully-connected,1,8,10,1,1,1,1,8,1\n3,d,1,fully-connected,1,16,10,1,1,1,1,8,1\n"
    let table = try TableSource().table(try folder.write(text, to: "t.csv"))
    #expect(table.skippedLayers == [1, 2])
    #expect(table.network.layers.count == 2)
  }

  @Test("what was measured is what a spec may promise")
  func pairs() throws {
    let text = "name,W4A4 [us],W8A8 [us]\nfc8,1,2\nfc16,1,-\n"
    let table = try source().table(try folder.write(text, to: "t.csv"))
    #expect(table.measuredPairs == .equal)
    #expect(table.unmeasured == ["fc16 at W8A8", "fc32"])
    // Nothing is written of what nobody measured, so that no reader takes it for what cannot run.
    #expect(try table.csv(unit: .seconds).split(separator: "\n").count == 4)
    let cannot = "name,bits,latency_us\nfc8,8,1\nfc16,8,\nfc32,8,-\n"
    let partly = try source().table(try folder.write(cannot, to: "t.csv"))
    #expect(partly.unmeasured == ["fc32"])
    #expect(try partly.csv(unit: .seconds).contains("fc16,1,fully-connected,1,16,10,1x1,1x1,1x1,1x1,8,8,\n"))
  }
}
