import Core
import FixtureBuilding
import Glibc
import PluginLoading
import Testing

@Suite("Instances")
struct InstanceTests {
  @Test("hands over every field of a layer")
  func layerFields() throws {
    // Each field of the first layer is another number, so that a mix-up shows.
    let fields: [(String, Double)] = [
      ("kind", 1), ("flags", 0), ("batch", 5), ("groups", 3), ("in_channels", 6), ("out_channels", 7),
      ("in_height", 8), ("in_width", 9), ("out_height", 10), ("out_width", 11), ("kernel_height", 12),
      ("kernel_width", 13), ("stride_height", 14), ("stride_width", 15),
    ]
    let cells = fields.enumerated().map { "i==\($0)?layer->\($1.0):" }.joined() + "99"
    let point = Point(layer: 0, precision: .eight)
    let outcomes = try model(of: load(["FIXTURE_CELL=(double)(\(cells))"]))
      .outcomes(of: Array(repeating: point, count: fields.count), in: twoLayers)
    #expect(outcomes == fields.map { .cost(Cost(values: [.latency: $0.1])) })
  }

  @Test("the rows of a fully connected layer are samples of a larger batch")
  func rows() throws {
    var network = twoLayers
    (network.layers[1].input, network.layers[1].output) = (Extent(square: 7), Extent(square: 7))
    // 5 samples of 49 rows.
    let fields: [(String, Double)] = [("batch", 245), ("in_height", 1), ("in_width", 1), ("out_height", 1)]
    let cells =
      fields.enumerated().map { "i==\($0)?layer->\($1.0):" }.joined() + "99"
    let outcomes = try model(of: load(["FIXTURE_CELL=(double)(\(cells))"]))
      .outcomes(of: points(fields.count), in: network)
    #expect(outcomes == fields.map { .cost(Cost(values: [.latency: $0.1])) })
  }

  /// Fields of `layer`, as a real plugin reads them.
  private func fields(_ expected: [(String, Double)], of layer: Layer) throws {
    let cells = expected.enumerated().map { "i==\($0)?layer->\($1.0):" }.joined() + "99"
    let outcomes = try model(of: load(["FIXTURE_CELL=(double)(\(cells))"])).outcomes(
      of: Array(repeating: Point(layer: 0, precision: .eight), count: expected.count),
      in: Network(name: "n", batch: 5, layers: [layer]))
    #expect(outcomes == expected.map { .cost(Cost(values: [.latency: $0.1])) }, "\(layer)")
  }

  private func transposed(kernel: Int, stride: Int, output: Int, groups: Int = 1) -> Layer {
    Layer(
      name: "up", kind: .transposedConvolution, groups: groups, inputChannels: 8, outputChannels: 8,
      input: Extent(square: 7), output: Extent(square: output), kernel: Extent(square: kernel),
      stride: Extent(square: stride))
  }

  @Test("a transposed convolution is the convolution that computes it (H-40)")
  func transposedConvolution() throws {
    // Stride 2 divides the kernel, and 7 x 2 is the output: four phases of 2x2 taps, 8 channels each. 7 outputs of 2
    // taps take one element more than there is, behind.
    try fields(
      [
        ("kind", 1), ("batch", 5), ("groups", 1), ("in_channels", 8), ("out_channels", 32), ("in_height", 7),
        ("in_width", 7), ("out_height", 7), ("out_width", 7), ("kernel_height", 2), ("kernel_width", 2),
        ("stride_height", 1), ("stride_width", 1), ("dilation_height", 1), ("dilation_width", 1),
        ("padding_top", 0), ("padding_left", 0), ("padding_bottom", 1), ("padding_right", 1),
      ], of: transposed(kernel: 4, stride: 2, output: 14))
    // It does not divide 3: the product of matrices, 8 channels for each of 9 taps.
    try fields(
      [
        ("kind", 1), ("groups", 1), ("in_channels", 8), ("out_channels", 72), ("in_height", 7),
        ("out_height", 7), ("kernel_height", 1), ("kernel_width", 1), ("stride_height", 1),
        ("padding_top", 0), ("padding_bottom", 0),
      ], of: transposed(kernel: 3, stride: 2, output: 14))
    // A group for each channel and one phase is depthwise.
    try fields(
      [("kind", 2), ("groups", 8), ("out_channels", 8), ("kernel_height", 3), ("padding_top", 1)],
      of: transposed(kernel: 3, stride: 1, output: 7, groups: 8))
  }

  @Test("hands over every field of a point")
  func pointFields() throws {
    let fields: [(String, Double)] = [
      ("layer", 1), ("weight_bits", 4), ("activation_bits", 6), ("output_bits", 0), ("flags", 0),
      ("weight_format", 0), ("activation_format", 0), ("output_format", 0), ("reserved", 0),
    ]
    let cells = fields.enumerated().map { "i==\($0)?points[i].\($1.0):" }.joined() + "99"
    let outcomes = try model(of: load(["FIXTURE_CELL=(double)(\(cells))"]))
      .outcomes(of: points(fields.count), in: twoLayers)
    #expect(outcomes == fields.map { .cost(Cost(values: [.latency: $0.1])) })
  }

  @Test("states the widths of outputs to plugins of 1.1 that ask for them, and to no others, rule H-41")
  func outputWidths() throws {
    let points = [nil, BitWidth(4), .float].map {
      Point(layer: 1, precision: Precision("W4A6")!, output: $0)
    }
    func told(_ defines: String...) throws -> (Bool, [Double?]) {
      let model = try model(of: load(["FIXTURE_CELL=points[i].output_bits"] + defines))
      return (
        model.usesOutputWidths, try model.outcomes(of: points, in: twoLayers).map(\.latencySeconds)
      )
    }
    #expect(try told("FIXTURE_FLAGS=HAQ_USES_OUTPUT_BITS") == (true, [0, 4, 32]))
    #expect(try told() == (false, [0, 0, 0]))
    #expect(try told("FIXTURE_FLAGS=(HAQ_REENTRANT|HAQ_MEASURED)") == (false, [0, 0, 0]))
    // The bit had no meaning in 1.0.
    #expect(try told("FIXTURE_FLAGS=HAQ_USES_OUTPUT_BITS", "FIXTURE_MINOR=0") == (false, [0, 0, 0]))
  }

  @Test("a fault in a point with outputs of some width names that too")
  func faultWithOutput() throws {
    let model = try model(of: load(["FIXTURE_CELL=-1", "FIXTURE_FLAGS=HAQ_USES_OUTPUT_BITS"]))
    let point = Point(layer: 1, precision: Precision("W4A6")!, output: .eight)
    let message = try message { _ = try model.outcomes(of: [point], in: twoLayers) }
    #expect(message.contains("latency_s of layer \"classifier\" at W4A6 with outputs of 8 bits is -1.0"))
  }

  @Test("hands over target, folder and parameters, sorted bytewise, and reports why create failed")
  func createFails() throws {
    let parameters = [
      Parameter(key: "b", value: .number(2.5)), Parameter(key: "a.y", value: .text("word")),
      Parameter(key: "a-x", value: .number(1)), Parameter(key: "Z", value: .number(0)),
    ]
    let model = try model(of: load(["FIXTURE_CREATE_CODE=HAQ_ERROR_INVALID"]), parameters: parameters)
    let message = try message { _ = try model.outcomes(of: points(1), in: twoLayers) }
    #expect(
      message == "plugin test.fixture 1.2.3 failed in create for target some-target (invalid): "
        + "some-target|/specs|Z=0;a-x=1;a.y=word;b=2.5;")
  }

  @Test("reads a message that was not ended only up to the end of the buffer")
  func endlessMessage() throws {
    let model = try model(of: load(["FIXTURE_CREATE_CODE=77", "FIXTURE_ENDLESS_MESSAGE"]))
    let message = try message { _ = try model.outcomes(of: points(1), in: twoLayers) }
    #expect(message.contains("(unknown code 77): "))
    #expect(message.count { $0 == "x" } > 1_000 && message.hasSuffix("x"))
  }

  @Test("a message has room for 256 bytes at least, and no text before the call (H-20)")
  func messageBefore() throws {
    let isFit =
      "message && message->text && message->struct_size==16 && message->capacity>=256 && !message->text[0]"
    for name in ["FIXTURE_CODE", "FIXTURE_CREATE_CODE"] {
      let model = try model(of: load(["\(name)=((\(isFit))?HAQ_OK:HAQ_ERROR_INTERNAL)"]))
      #expect(try model.outcomes(of: points(2), in: twoLayers).map(\.latencySeconds) == [1, 1])
    }
  }

  @Test("reports a failing evaluate and still destroys the instance once")
  func evaluateFails() throws {
    let lines = Lines()
    let model = try model(of: load(["FIXTURE_CODE=HAQ_ERROR_INTERNAL"], lines: lines))
    let message = try message { _ = try model.outcomes(of: points(1), in: twoLayers) }
    #expect(message.hasSuffix("failed in evaluate for target some-target (internal): evaluate gave up"))
    #expect(lines.texts == ["create", "destroy"])
    #expect(lines.all.allSatisfy { $0.level == .info && $0.library == "libfixture.so" })
  }

  @Test("a library stays loaded when nothing uses it any more")
  func staysLoaded() throws {
    let library = try FixtureLibrary()
    func isLoaded() -> Bool { dlopen(library.path, RTLD_NOW | RTLD_NOLOAD) != nil }
    #expect(!isLoaded())
    _ = try model(of: LoadedPlugin(path: library.path)).outcomes(of: points(1), in: twoLayers)
    #expect(isLoaded())
  }

  @Test("does not destroy what create did not make")
  func createFailsWithoutDestroy() throws {
    let lines = Lines()
    let model = try model(of: load(["FIXTURE_CREATE_CODE=HAQ_ERROR_RESOURCE"], lines: lines))
    #expect(throws: PluginError.self) { try model.outcomes(of: points(1), in: twoLayers) }
    #expect(lines.texts.isEmpty)
    let noInstance = try PluginLoadingTests.model(of: load(["FIXTURE_NO_INSTANCE"]))
    let message = try message { _ = try noInstance.outcomes(of: points(1), in: twoLayers) }
    #expect(message.contains("create returned HAQ_OK but no instance"))
  }

  @Test("splits a batch by the plugin's limit and by the host's, in order")
  func splitsBatches() throws {
    func sizes(_ count: Int, _ defines: [String]) throws -> [Double?] {
      try model(of: load(defines + ["FIXTURE_CELL=(double)count"])).outcomes(of: points(count), in: twoLayers)
        .map(\.latencySeconds)
    }
    #expect(try sizes(7, ["FIXTURE_MAX_POINTS=3"]) == [3, 3, 3, 3, 3, 3, 1])
    #expect(try sizes(65_537, []) == Array(repeating: 65_536, count: 65_536) + [1])
    #expect(try sizes(0, []).isEmpty)
  }

  @Test("refuses more layers than the ABI allows")
  func mostLayers() throws {
    var network = twoLayers
    network.layers = Array(repeating: twoLayers.layers[1], count: 65_536)
    let model = try model(of: load())
    #expect(try model.outcomes(of: points(1), in: network).first?.latencySeconds == 1)
    network.layers.append(twoLayers.layers[1])
    let text = try message { _ = try model.outcomes(of: points(1), in: network) }
    #expect(text.contains("65537 layers, of at most 65536"))
  }

  @Test("refuses a dimension that does not fit the ABI, and a text with a zero byte")
  func notRepresentable() throws {
    let model = try model(of: load())
    var network = twoLayers
    network.layers[1].inputChannels = 1 << 32
    let tooLarge = try message { _ = try model.outcomes(of: points(1), in: network) }
    #expect(tooLarge.contains("in_channels of layer \"classifier\" is 4294967296, not a 32-bit count"))
    network.layers[1].inputChannels = -1
    #expect(throws: PluginError.self) { try model.outcomes(of: points(1), in: network) }
    network = twoLayers
    network.layers[0].name = "a\0b"
    let zero = try message { _ = try model.outcomes(of: points(1), in: network) }
    #expect(zero.contains("contains a zero byte"))
  }

  @Test("tells a plugin that its task was cancelled, and only then")
  func cancellation() async throws {
    let model = try model(of: load(["FIXTURE_CODE=(host->cancelled(host)?HAQ_ERROR_CANCELLED:HAQ_OK)"]))
    #expect(try model.outcomes(of: points(1), in: twoLayers).count == 1)
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return try model.outcomes(of: points(1), in: twoLayers)
    }
    task.cancel()
    let error = await #expect(throws: PluginError.self) { try await task.value }
    #expect(error?.description.contains("(cancelled)") == true)
  }

  @Test("passes on at most 100 log lines per second")
  func rateLimit() throws {
    let lines = Lines()
    _ = try model(of: load(["FIXTURE_LINES=5000"], lines: lines)).outcomes(of: points(1), in: twoLayers)
    // A second of the clock may begin in between.
    #expect((100...201).contains(lines.all.count))
  }
}
