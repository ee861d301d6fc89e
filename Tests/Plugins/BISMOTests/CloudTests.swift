import Core
import FixtureBuilding
import Foundation
import Hashing
import Networks
import PluginDesigns
import Testing

@Suite("bismo-vu9p against what HAQ's authors published")
struct CloudTests {
  static func layers(_ architecture: Architecture) throws -> [Layer] {
    try architecture.graph.network().layers
  }

  @Test("costs the first layer of MobileNet-V2 as calculated by hand")
  func firstLayer() throws {
    // 32 x 27 x 12544: 2 row tiles, 784 column tiles of 16 cycles each, one word, one block.
    // Column order, W1A1: 1568 products; the last column tile arrives at 16 * 784 and is first
    // used after 2 * 783 products: 1568 - 1 + 12544 - 1566 = 12545 cycles per image.
    let design = try Design.spec("bismo-vu9p")
    let first = try Self.layers(.mobileNetV2)[0]
    #expect(try design.cycles(of: [first], at: Precision(1, 1)) == [16 * 12545])
  }

  /// HAQ, CVPR 2019, Table 2, cloud, PACT rows, in ms; first and last layer are not counted.
  static let table2: [(Architecture, bits: Int, published: String)] = [
    (.mobileNetV1, 4, "57.49"), (.mobileNetV1, 5, "77.52"), (.mobileNetV1, 6, "99.86"),
    (.mobileNetV1, 8, "151.09"),
    (.mobileNetV2, 4, "74.46"), (.mobileNetV2, 5, "99.43"), (.mobileNetV2, 6, "127.07"),
    (.mobileNetV2, 8, "189.82"),
  ]

  @Test("reproduces the uniform latencies of Table 2 to the printed digits", arguments: table2)
  func uniformLatency(architecture: Architecture, bits: Int, published: String) throws {
    let inner = try Self.layers(architecture).dropFirst().dropLast()
    let design = try Design.spec("bismo-vu9p")
    let cycles = try design.cycles(of: Array(inner), at: Precision(bits, bits)).reduce(0, +)
    #expect(String(format: "%.2f", Double(cycles) / design.clockHertz * 1e3) == published)
  }

  /// Howard et al. 2017, table 1, and Sandler et al. 2018, table 2: channels of the depthwise layers. In V2 these are
  /// six times the input channels of a bottleneck, in its first bottleneck the same.
  static let depthwiseChannels: [(Architecture, Set<Int>)] = [
    (.mobileNetV1, [32, 64, 128, 256, 512, 1024]), (.mobileNetV2, [32, 96, 144, 192, 384, 576, 960]),
  ]

  @Test(
    "what was published has no layer of the forms for which the model is our choice",
    arguments: depthwiseChannels)
  func coverage(architecture: Architecture, channels: Set<Int>) throws {
    let layers = try Self.layers(architecture)
    #expect(Set(layers.filter { $0.kind == .depthwise }.map(\.inputChannels)) == channels)
    #expect(channels.allSatisfy { $0.isMultiple(of: 16) })
    for layer in layers {
      let kernels = [1, 3].map { Extent(square: $0) }
      #expect(kernels.contains(layer.kernel) && layer.dilation == .one)
      #expect(layer.kind == .depthwise || layer.groups == 1)
      if layer.kind == .depthwise { #expect(layer.kernel == Extent(square: 3)) }
    }
  }

  /// `layer,weight_bits,activation_bits,cycles` of layers 0, 2, 4, ... 52, each row with a line end.
  static func evenRows() throws -> [String] {
    let design = try Design.spec("bismo-vu9p")
    let layers = try layers(.mobileNetV2)
    let outcomes = try design.outcomes(of: layers, at: Precision.allToEight)
    return try layers.indices.filter { $0 % 2 == 0 }.flatMap { layer in
      try Precision.allToEight.enumerated().map { index, precision in
        let cycles = try design.cycles(outcomes[layer * 64 + index])
        return "\(layer),\(precision.weight),\(precision.activation),\(cycles)"
      }
    }
  }

  /// Of the authors' lookup table (MobileNet-V2, batch 16): even layers, in the form of `evenRows`, and with
  /// its CR LF line ends made LF.
  static let publishedSHA256 = "90966815c7bcc0f4b8a06e4df6c888c9b502e0225930262ead5182bc4413aa87"

  @Test("reproduces the even layers of the authors' lookup table, by hash")
  func lookupTableHash() throws {
    let text = try Self.evenRows().map { $0 + "\n" }.joined()
    #expect(Data(text.utf8).sha256 == Self.publishedSHA256)
  }

  /// The table itself is not ours to publish; developers have it in `shared` near the checkout.
  static let reference = ["..", "../.."]
    .map { Places.package + "/\($0)/shared/reference/haq-cloud-mobilenetv2-batch16.even-layers.csv" }
    .first(where: FileManager.default.fileExists(atPath:))

  @Test(
    "reproduces the even layers of the authors' lookup table, row by row",
    .enabled(if: reference != nil, "the reference table is not beside this checkout"))
  func lookupTableRows() throws {
    let path = try #require(Self.reference)
    let published = try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline)
      .dropFirst()
    let ours = try Self.evenRows()
    #expect(published.count == 1_728)
    #expect(ours.count == published.count)
    for (our, published) in zip(ours, published) { #expect(our == published) }
  }
}
