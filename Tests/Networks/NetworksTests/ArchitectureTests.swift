import Core
import Networks
import Testing

@Suite("Architectures")
struct ArchitectureTests {
  /// Figures that others have published for the same network.
  struct Published: Sendable {
    var architecture: Architecture
    var layers: Int
    var millionMACs: Double
    /// Trainable parameters, with the scale and shift of one batch normalisation per convolution.
    var parameters: Int
  }

  static let published = [
    // Howard et al., table 8: 569 M MACs, 4.2 M parameters; exactly, Keras' MobileNet: 4,231,976 trainable.
    Published(architecture: .mobileNetV1, layers: 28, millionMACs: 569, parameters: 4_231_976),
    // Sandler et al., table 4: 300 M MACs, 3.4 M parameters; exactly, torchvision's mobilenet_v2.
    Published(architecture: .mobileNetV2, layers: 53, millionMACs: 301, parameters: 3_504_872),
    // He et al., table 1: 1.8 and 3.8 G (stride in the 1x1; 4.089 G with it in the 3x3);
    // exactly, torchvision's resnet18 and resnet50.
    Published(architecture: .resNet18, layers: 21, millionMACs: 1814, parameters: 11_689_512),
    Published(architecture: .resNet50, layers: 54, millionMACs: 4089, parameters: 25_557_032),
  ]

  @Test("has the published number of layers, multiply-accumulates and parameters", arguments: published)
  func totals(_ published: Published) throws {
    let layers = try published.architecture.graph.network(batch: 1).layers
    #expect(layers.count == published.layers)

    let macs = layers.reduce(0) { $0 + $1.multiplyAccumulates }
    #expect((Double(macs) / 1e6).rounded() == published.millionMACs)

    let weights = layers.reduce(0) { $0 + $1.weightCount }
    let normalisation = layers.dropLast().reduce(0) { $0 + 2 * $1.outputChannels }
    #expect(weights + normalisation + 1000 == published.parameters)
  }

  @Test("fashion-mobilenet-v1 costs what its table of blocks adds up to")
  func fashionV1() throws {
    let layers = try Architecture.fashionMobileNetV1.graph.network(batch: 1).layers
    #expect(layers.count == 1 + 13 * 2 + 1)

    // Output area times weights; extents are 28, then 14, 7 and 4 (areas 784, 196, 49, 16).
    let stem = 784 * 9 * 16
    let depthwise = 9 * (196 * (16 + 32 + 40) + 49 * (40 + 64 + 64 + 5 * 80) + 16 * (80 + 160))
    let pointwise14 = 196 * (16 * 32 + 32 * 40 + 40 * 40)
    let pointwise7 = 49 * (40 * 64 + 64 * 64 + 64 * 80 + 5 * 80 * 80)
    let pointwise4 = 16 * (80 * 160 + 160 * 160)
    let macs = stem + depthwise + pointwise14 + pointwise7 + pointwise4 + 160 * 10
    #expect(layers.reduce(0) { $0 + $1.multiplyAccumulates } == macs)
    #expect(macs <= 4_000_000)
  }

  @Test("fashion-mobilenet-v2 costs what its table of bottlenecks adds up to")
  func fashionV2() throws {
    let layers = try Architecture.fashionMobileNetV2.graph.network(batch: 1).layers
    #expect(layers.count == 53)

    // Widths entering each bottleneck: 12; 8, 10; 10, 16, 16; 16, 24 x3; 24, 28, 28; 28, 36, 36; 36.
    let stem = 784 * 9 * 12
    let expand = 6 * (784 * 64 + 196 * 2 * 100 + 49 * 3 * 256 + 16 * (4 * 576 + 3 * 784 + 3 * 1296))
    let depthwiseLarge = 9 * (784 * 12 + 196 * (48 + 60) + 49 * (60 + 2 * 96))
    let depthwise4 = 9 * 16 * (96 + 4 * 144 + 3 * 168 + 3 * 216)
    let projectLarge = 784 * 12 * 8 + 196 * (48 + 60) * 10 + 49 * (60 + 2 * 96) * 16
    let project4 =
      16 * ((96 + 3 * 144) * 24 + (144 + 2 * 168) * 28 + (168 + 2 * 216) * 36 + 216 * 72)
    let head = 16 * 72 * 192
    let macs =
      stem + expand + depthwiseLarge + depthwise4 + projectLarge + project4 + head + 192 * 10
    #expect(layers.reduce(0) { $0 + $1.multiplyAccumulates } == macs)
  }

  @Test("mobilenet-v2 starts with a bottleneck without expansion and ends with head and classifier")
  func mobileNetV2Order() throws {
    let network = try Architecture.mobileNetV2.graph.network(batch: 16)
    #expect(network.batch == 16)
    #expect(
      network.layers.prefix(6).map(\.name) == [
        "stem", "block1.depthwise", "block1.project", "block2.expand", "block2.depthwise", "block2.project",
      ])
    #expect(network.layers.suffix(2).map(\.name) == ["head", "classifier"])
    #expect(network.layers.count { $0.kind == .depthwise } == 17)

    // Rows of the paper's table 2, by hand: 56 x 56 x 24 comes from 112 x 112 x 16 expanded to 96.
    #expect(
      network.layers[4]
        == Layer(
          name: "block2.depthwise", kind: .depthwise, groups: 96, inputChannels: 96, outputChannels: 96,
          input: Extent(square: 112), output: Extent(square: 56), kernel: Extent(square: 3),
          stride: Extent(square: 2)))
    #expect(
      network.layers[52]
        == Layer(name: "classifier", kind: .fullyConnected, inputChannels: 1280, outputChannels: 1000))
  }

  @Test("a ResNet's downsampling follows the main path of its block")
  func resNetOrder() throws {
    let names = try Architecture.resNet50.graph.network(batch: 1).layers.map(\.name)
    #expect(
      names.prefix(6) == [
        "stem", "stage1.block1.conv1", "stage1.block1.conv2", "stage1.block1.conv3",
        "stage1.block1.downsample", "stage1.block2.conv1",
      ])
  }

  @Test("mobilenet-v2 adds the input to the 10 bottlenecks that keep shape")
  func residuals() {
    // Table 2: n - 1 additions for each row, n = 1, 2, 3, 4, 3, 3, 1.
    #expect(Architecture.mobileNetV2.graph.nodes.count { $0.operation == .add } == 10)
    #expect(Architecture.fashionMobileNetV2.graph.nodes.count { $0.operation == .add } == 10)
  }

  @Test("is found by its name", arguments: Architecture.names)
  func lookup(_ name: String) {
    #expect(Architecture.named(name)?.name == name)
    #expect(Architecture.named(name + "x") == nil)
  }
}
