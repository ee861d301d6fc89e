import Core
import Documents
import PrecisionSearch
import StudyBuilding
import Testing

struct SensitivityDocumentTests {
  private func increases(_ values: [(bits: Int, nats: Double)]) -> [Sensitivity.Increase] {
    values.map { Sensitivity.Increase(width: BitWidth($0.bits)!, increase: $0.nats) }
  }

  /// The first layer's weights at 4 and 8 bits, from many bits to few as searches keep them.
  private func sensitivity(second: Sensitivity.LayerPart?) -> Sensitivity {
    Sensitivity(
      measure: .divergence,
      layers: [.init(weight: increases([(8, 0), (4, 0.0123)]), activation: increases([(8, 0)])), second])
  }

  private func document(_ sensitivity: Sensitivity) throws -> SensitivityDocument {
    SensitivityDocument(
      sensitivity, table: try GrowingStudy.table(), isOnTarget: true, data: "pictures", samples: 64)
  }

  @Test("thousandths of a nat by layer and width below the widest, and shares of the latency at 8 bit")
  func text() throws {
    let second = Sensitivity.LayerPart(
      weight: increases([(8, 0), (4, 0.002)]), activation: increases([(8, 0)]))
    #expect(
      try document(sensitivity(second: second)).text == """
        two <layers> on board, pictures, 64 validation samples per measurement
        Increase of the Kullback-Leibler divergence from the float network when one operand of the layer has the bits of the column, in thousandths of a nat.
        Where more bits did worse than fewer, both have the worse figure.

        layer   kind             of latency    W4
        ─────────────────────────────────────────
        first   convolution          50.0 %  12.3
        second  fully-connected      50.0 %  2.00

        """)
  }

  @Test("a layer whose bits are fixed has no increases, and is read as having none")
  func fixedLayer() throws {
    let document = try document(sensitivity(second: nil))
    #expect(document.layers[1].weight.isEmpty && document.layers[1].activation.isEmpty)
    let read = try SensitivityDocument(json: document.json())
    #expect(read == document)
    #expect(read.sensitivity.layers[1] == nil)
    #expect(read.sensitivity.increase(layer: 0, .weight, at: BitWidth(4)!) == 0.0123)
  }
}
