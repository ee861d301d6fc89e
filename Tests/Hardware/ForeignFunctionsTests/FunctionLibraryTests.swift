import Core
import FixtureBuilding
import ForeignFunctions
import PluginLoading
import Testing

struct FunctionLibraryTests {
  /// Compiled once for all tests; a loaded library outlives its file.
  private static let library = Result {
    let fixture = try FixtureLibrary("../functions/functions.c")
    return try ForeignLibrary(opening: fixture.path, called: "/x/libf.so")
  }

  private let layer = Layer(
    name: "conv", kind: .convolution, groups: 2, inputChannels: 4, outputChannels: 8,
    input: Extent(height: 10, width: 12), output: Extent(height: 5, width: 6),
    kernel: Extent(height: 3, width: 5), stride: Extent(height: 2, width: 1))

  private func cost(
    _ symbol: String, _ arguments: [FunctionSignature.Argument] = [],
    result: FunctionSignature.Result = .returned(.f64), scale: Double = 1, parameters: [Parameter] = [],
    at text: String = "W4A8", of other: Layer? = nil
  ) throws -> Double {
    let signature = FunctionSignature(symbol: symbol, result: result, arguments: arguments, scale: scale)
    let functions = try FunctionLibrary(try Self.library.get(), signatures: [.latency: signature])
    let model = try PluginCostModel(
      library: functions, targetID: "t", baseDirectory: "/", parameters: parameters, metrics: [.latency])
    let precision = try #require(Precision(text))
    let outcomes = try model.outcomes(
      of: [Point(layer: 0, precision: precision)], in: Network(name: "n", batch: 3, layers: [other ?? layer]))
    guard case .cost(let cost)? = outcomes.first else { throw NoCost() }
    return try #require(cost[.latency])
  }

  private struct NoCost: Error {}

  private func message(_ work: () throws -> Double) -> String {
    do { return "\(try work())" } catch { return "\(error)" }
  }

  private func refusal(of work: () throws -> Void) -> String {
    do {
      try work()
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test("every type arrives in its place: one digit each")
  func mixed() throws {
    let types: [ForeignType] = [.i8, .u8, .i16, .u16, .i32, .u32, .i64, .u64, .f32, .f64]
    let digits: [Double] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]
    let arguments = zip(types, digits).map { FunctionSignature.Argument.constant($0, $1) }
    #expect(try cost("mixed", arguments) == 1_987_654_321)
  }

  @Test("a function is given the width of the output, or that of the input where it is not stated")
  func outputBits() throws {
    var arguments = [ForeignType.i8, .u8, .i16, .u16, .i32, .u32, .i64, .u64, .f32, .f64]
      .map { FunctionSignature.Argument.constant($0, 0) }
    arguments[0] = .point(.i8, .outputBits)
    arguments[3] = .point(.u16, .activationBits)
    let signature = FunctionSignature(
      symbol: "mixed", result: .returned(.f64), arguments: arguments, scale: 1)
    let functions = try FunctionLibrary(try Self.library.get(), signatures: [.latency: signature])
    let model = try PluginCostModel(
      library: functions, targetID: "t", baseDirectory: "/", parameters: [], metrics: [.latency])
    #expect(model.usesOutputWidths)
    let points = [nil, BitWidth(4), .float].map {
      Point(layer: 0, precision: Precision("W2A8")!, output: $0)
    }
    let outcomes = try model.outcomes(of: points, in: Network(name: "n", batch: 3, layers: [layer]))
    // Bits of outputs, and 1000 for each of activations.
    #expect(outcomes == [8008, 8004, 8032].map { .cost(Cost(values: [.latency: $0])) })
    arguments[0] = .point(.i8, .weightBits)
    let other = FunctionSignature(symbol: "mixed", result: .returned(.f64), arguments: arguments, scale: 1)
    #expect(!other.usesOutputWidths)
  }

  @Test("a function is given the codes of formats, and one that is not is given no other format")
  func formats() throws {
    func model(_ fields: [(Int, FunctionSignature.PointField)]) throws -> PluginCostModel {
      var arguments = [ForeignType.i8, .u8, .i16, .u16, .i32, .u32, .i64, .u64, .f32, .f64]
        .map { FunctionSignature.Argument.constant($0, 0) }
      let types: [ForeignType] = [.i8, .u8, .i16, .u16, .i32, .u32]
      for (position, field) in fields { arguments[position] = .point(types[position], field) }
      let signature = FunctionSignature(
        symbol: "mixed", result: .returned(.f64), arguments: arguments, scale: 1)
      return try PluginCostModel(
        library: FunctionLibrary(try Self.library.get(), signatures: [.latency: signature]), targetID: "t",
        baseDirectory: "/", parameters: [], metrics: [.latency])
    }
    func outcomes(_ model: PluginCostModel, _ pair: String, output: String? = nil) throws -> [PointOutcome] {
      let point = Point(
        layer: 0, precision: try #require(Precision(pair)),
        output: output.flatMap { BitWidth(formatName: $0) })
      return try model.outcomes(of: [point], in: Network(name: "n", batch: 3, layers: [layer]))
    }
    func cost(_ value: Double) -> [PointOutcome] { [.cost(Cost(values: [.latency: value]))] }
    let all = try model([(0, .weightFormat), (2, .activationFormat), (4, .outputFormat)])
    // 1 for each code of weights, 100 of activations, 10,000 of outputs, which are stored as inputs if not stated.
    #expect(try outcomes(all, "int4-g128/bf16") == cost(66 + 200 + 20_000))
    #expect(try outcomes(all, "int4-g128/bf16", output: "nvfp4") == cost(66 + 200 + 320_000))
    #expect(try outcomes(all, "W4A32", output: "fp32") == cost(0))

    for (bits, format) in [
      (FunctionSignature.PointField.weightBits, FunctionSignature.PointField.weightFormat),
      (.activationBits, .activationFormat), (.outputBits, .outputFormat),
    ] {
      let blind = try model([(1, bits)])
      #expect(try outcomes(blind, "W8A8") == cost(80))
      let message = refusal { _ = try outcomes(blind, "bf16/bf16") }
      #expect(message.contains("cannot be asked about bf16") && message.contains("point.weight_format"))
      #expect(try outcomes(model([(1, bits), (0, format)]), "bf16/bf16") == cost(160 + 2))
    }
    // Nothing about widths at all.
    #expect(try outcomes(model([]), "bf16/bf16") == cost(0))
  }

  private func dilatedMessage(_ fields: [FunctionSignature.LayerField]) -> String {
    do {
      let arguments = fields.map { FunctionSignature.Argument.layer(.u32, $0) }
      let signature = FunctionSignature(
        symbol: "mixed", result: .returned(.f64), arguments: arguments, scale: 1)
      let functions = try FunctionLibrary(try Self.library.get(), signatures: [.latency: signature])
      let model = try PluginCostModel(
        library: functions, targetID: "t", baseDirectory: "/", parameters: [], metrics: [.latency])
      var dilated = layer
      dilated.dilation = Extent(height: 2, width: 3)
      let network = Network(name: "n", batch: 3, layers: [dilated])
      _ = try model.outcomes(of: [Point(layer: 0, precision: .eight)], in: network)
      return ""
    } catch { return "\(error)" }
  }

  @Test("a function that computes with the window without its dilation is not asked about a dilated layer")
  func dilated() {
    let refusal = dilatedMessage([.kernelHeight, .macs])
    #expect(
      refusal.contains("layer \"conv\" has a dilation of 2x3, and \"mixed\" is given the layer's sizes"))
    #expect(refusal.contains("Give it layer.dilation_height and layer.dilation_width as arguments"))
    // Paddings do not say the dilation.
    #expect(dilatedMessage([.kernelHeight, .paddingTop]).contains("layer.dilation_height"))
  }

  @Test("dilation and padding arrive in their places")
  func window() throws {
    // Rows of 3 x 5 taps over 10 x 12: 4 strides of 2 and 3 need 11 rows, so 1 and 1; 5 + 5 - 12 needs none.
    let fields: [(ForeignType, FunctionSignature.LayerField)] = [
      (.i8, .dilationHeight), (.u8, .dilationWidth), (.i16, .paddingTop), (.u16, .paddingLeft),
      (.i32, .paddingBottom), (.u32, .paddingRight),
    ]
    let rest: [FunctionSignature.Argument] = [
      .constant(.i64, 0), .constant(.u64, 0), .constant(.f32, 0), .constant(.f64, 0),
    ]
    #expect(try cost("mixed", fields.map { .layer($0, $1) } + rest) == 10_111)
  }

  @Test("signs survive")
  func negatives() throws {
    let types: [ForeignType] = [.i8, .i16, .i32, .i64, .f32, .f64]
    let arguments = types.enumerated().map {
      FunctionSignature.Argument.constant($1, -Double($0 + 1))
    }
    #expect(try cost("negatives", arguments) == 654_321)
  }

  @Test(
    "returned integers are narrowed to their type, also where the library left rubbish above",
    arguments: [
      ("as_i8", ForeignType.i8, 127), ("as_i16", .i16, 32_767), ("as_i32", .i32, 2_147_483_647),
      ("as_i64", .i64, 1_000_000_000_000), ("as_u8", .u8, 255), ("as_u16", .u16, 65_535),
      ("as_u32", .u32, 4_294_967_295), ("as_u64", .u64, 1_000_000_000_000),
    ])
  func returns(symbol: String, type: ForeignType, value: Double) throws {
    #expect(try cost(symbol, [.constant(.i64, value)], result: .returned(type)) == value)
  }

  @Test("a narrow integer's sign is seen: minus one is a fault, not 255")
  func negativeReturn() {
    for (symbol, type) in [("as_i8", ForeignType.i8), ("as_i16", .i16), ("as_i32", .i32), ("as_i64", .i64)] {
      let text = message { try cost(symbol, [.constant(.i64, -1)], result: .returned(type)) }
      #expect(
        text
          == "plugin libf.so (functions) is faulty: latency_s of layer \"conv\" at W4A8 is -1.0, outside 0 ... 1e15"
      )
    }
  }

  @Test("floating results, exactly")
  func floats() throws {
    #expect(try cost("as_f32", [.constant(.i64, 7)], result: .returned(.f32)) == 1.75)
    #expect(try cost("as_f64", [.constant(.i64, 7)], result: .returned(.f64)) == 1.75)
  }

  @Test("arguments beyond the registers go over the stack")
  func many() throws {
    let ones = (1...12).map { _ in FunctionSignature.Argument.constant(.f64, 1) }
    // 1 + 2 + ... + 12.
    #expect(try cost("many", ones) == 78)
  }

  @Test("a function is told everything about the layer and the precision")
  func layerFields() throws {
    let fields = FunctionSignature.LayerField.allCases
    let arguments = fields.map { FunctionSignature.Argument.layer(.i64, $0) }
    // 8 outputs x 4/2 inputs x 3 x 5 x 5 x 6 x 3 samples = 21600 multiply-accumulates.
    let expected: [Double] = [0, 1, 3, 2, 4, 8, 10, 12, 5, 6, 3, 5, 2, 1, 7, 9, 11, 13, 15, 17, 21_600]
    var window = layer
    window.dilation = Extent(height: 7, width: 9)
    window.padding = Layer.Padding(top: 11, left: 13, bottom: 15, right: 17)
    for (which, value) in expected.enumerated() {
      let all = [.constant(.i32, Double(which))] + arguments
      #expect(try cost("picked", all, result: .returned(.i64), of: window) == value, "\(fields[which])")
    }
    let bits: [FunctionSignature.Argument] = [
      .constant(.u64, 1), .point(.u32, .weightBits), .point(.u32, .activationBits), .constant(.f64, 1),
    ]
    #expect(try cost("tiny_ms", bits, at: "W3A5") == 15)
  }

  @Test("the rows of a fully connected layer are samples of a larger batch")
  func rows() throws {
    let rows = Extent(height: 7, width: 1)
    let product = Layer(
      name: "fc", kind: .fullyConnected, inputChannels: 4, outputChannels: 8, input: rows, output: rows)
    let fields: [FunctionSignature.LayerField] = [.batch, .inputHeight, .outputHeight, .macs]
    // 7 rows x 3 samples; 21 x 4 x 8 multiply-accumulates.
    for (field, value) in zip(fields, [21.0, 1, 1, 672]) {
      let got = try cost("as_i64", [.layer(.i64, field)], result: .returned(.i64), of: product)
      #expect(got == value, "\(field)")
    }
  }

  @Test("parameters arrive, and the scale makes seconds of milliseconds")
  func parametersAndScale() throws {
    let arguments: [FunctionSignature.Argument] = [
      .layer(.u64, .macs), .point(.u32, .weightBits), .point(.u32, .activationBits),
      .parameter(.f64, key: "rate"),
    ]
    let got = try cost(
      "tiny_ms", arguments, scale: 1e-3, parameters: [Parameter(key: "rate", value: .number(86_400))])
    // 21600 x 4 x 8 / 86400 = 8 ms.
    #expect(abs(got - 0.008) < 1e-15)
  }

  @Test("a cost may be written through a pointer, beside a status or none")
  func written() throws {
    let arguments: [FunctionSignature.Argument] = [.point(.u32, .weightBits), .out]
    #expect(try cost("written", arguments, result: .written(status: .i32), at: "W5A8") == 2.5)
    let reversed: [FunctionSignature.Argument] = [.out, .point(.u16, .activationBits)]
    #expect(try cost("written_silently", reversed, result: .written(status: nil), at: "W5A3") == 3)
    #expect(
      message { try cost("written", arguments, result: .written(status: .i32), at: "W7A8") }
        == "\"written\" failed for layer \"conv\" at W7A8: it returned -2, which should be 0")
    #expect(
      message { try cost("written", arguments, result: .written(status: .i32), at: "W6A8") }
        .contains("at W6A8 is nan: not written, or not a number"))
  }

  @Test("no number that cannot be a cost gets through; minus zero is zero")
  func faults() throws {
    #expect(message { try cost("not_a_number") }.contains("is nan: not written, or not a number"))
    #expect(message { try cost("negative") }.contains("is -1.0, outside 0 ... 1e15"))
    #expect(message { try cost("infinite") }.contains("is inf, outside 0 ... 1e15"))
    #expect(try cost("negative_zero").sign == .plus)
  }

  @Test("an integer that does not fit is an error that says where, not a wrap")
  func misfits() {
    let arguments: [FunctionSignature.Argument] = [
      .layer(.u16, .macs), .point(.u32, .weightBits), .point(.u32, .activationBits), .constant(.f64, 1),
    ]
    var narrow = arguments
    narrow[0] = .layer(.i8, .macs)
    #expect(
      message { try cost("tiny_ms", narrow) }
        == "layer \"conv\": arguments[0] of \"tiny_ms\" is 21600, and i8 holds whole numbers -128 to 127. "
        + "Declare a wider type, in the library too.")
  }

  @Test("a missing library or function is named")
  func missing() throws {
    #expect(message { try cost("absent") }.contains("has no function \"absent\""))
    #expect(throws: ForeignFunctionError.self) {
      try ForeignLibrary(opening: "/nonexistent/libx.so", called: "libx.so")
    }
  }
}
