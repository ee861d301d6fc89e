import Core
import Documents
import StudyBuilding
import Testing

struct TransferDocumentTests {
  private func document() throws -> TransferDocument {
    let board = TargetStamp(try GrowingStudy.table())
    var other = board
    other.id = "chip"
    func row(_ file: String, _ madeFor: String?, _ costs: [Double]) -> TransferDocument.Row {
      TransferDocument.Row(
        file: file, madeFor: madeFor, accuracy: madeFor == nil ? nil : 0.9,
        costs: zip(["board", "chip"], costs).map { .init(target: $0, cost: $1, loss: nil) })
    }
    return TransferDocument(
      network: "two", metric: .latency, targets: [board, other],
      policies: TransferDocument.compared([
        row("a.json", "board", [0.010, 0.030]), row("b.json", "board", [0.008, 0.020]),
        row("c.json", nil, [0.012, 0.025]),
      ]))
  }

  @Test("a loss is against the cheapest policy made for the target; without one there is none")
  func losses() throws {
    let losses = try document().policies.map { $0.costs.map(\.loss) }
    #expect(losses.map { $0[1] } == [nil, nil, nil])
    for (loss, expected) in zip(losses.map { $0[0] }, [0.25, 0, 0.5]) {
      #expect(abs(try #require(loss) - expected) < 1e-12)
    }
  }

  @Test("the table says which target no policy was made for")
  func text() throws {
    #expect(
      try document().text == """
        two, latency; loss against the cheapest policy made for the target

        policy  made for    top-1     board     loss      chip  loss
        ────────────────────────────────────────────────────────────
        a.json  board     90.00 %  10.00 ms  +25.0 %  30.00 ms
        b.json  board     90.00 %  8.000 ms   +0.0 %  20.00 ms
        c.json  not said           12.00 ms  +50.0 %  25.00 ms
        No policy was made for chip, so its column shows no loss.

        """)
  }

  @Test("accuracies on unlike samples say what they are of")
  func unlikeSamples() throws {
    var document = try document()
    for row in document.policies.indices { document.policies[row].accuracySamples = "100 test samples" }
    #expect(!document.text.contains("samples"))
    document.policies[1].accuracySamples = "20 validation samples"
    #expect(document.text.contains("90.00 % of 100 test samples"))
    #expect(document.text.contains("90.00 % of 20 validation samples"))
  }

  @Test("a document reads as it was written")
  func roundTrip() throws {
    let document = try document()
    #expect(try TransferDocument(json: document.json()) == document)
  }
}
