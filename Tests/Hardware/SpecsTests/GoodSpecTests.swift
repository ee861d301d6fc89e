import Core
import Diagnostics
import Foundation
import Specs
import Testing

struct GoodSpecTests {
  @Test("reads every part of the documentation's example")
  func example() throws {
    let read = try TargetSpec.read(try Fixtures.example(in: "spec.md"), file: "example-array.json")
    let spec = read.spec
    #expect(read.warnings.isEmpty)
    #expect(spec.batch == 16)
    #expect(spec.capabilities.layers == [.convolution, .depthwise, .fullyConnected])
    #expect(spec.capabilities.weightWidths.map(\.bits) == Array(1...8))
    #expect(spec.capabilities.aggregates == [.latency: .sum])
    #expect(spec.number("clock_hz") == 2e8)
    #expect(spec.parameters.map(\.key) == ["array.columns", "array.rows", "clock_hz"])
    let check = try #require(spec.checks.first)
    #expect(
      check.layer == Layer(name: check.name, kind: .fullyConnected, inputChannels: 16, outputChannels: 16))
    #expect(check.precision == Precision("W4A8"))
    // 16 samples x 4 x 8 cycles at 200 MHz.
    #expect(check.expected == [.latency: 16 * 4 * 8 / 2e8])
  }

  @Test("text means what JSON says, even where YAML reads it otherwise")
  func escapes() throws {
    let spec = try Fixtures.spec("good/escapes")
    #expect(spec.name == "Tiny/😀")
    #expect(spec.summary == "Line\u{2028}separator, n\u{e9}xt\u{85}line")
    #expect(spec.version == "1.0.0")
    #expect(spec.batch == 2)
  }

  @Test("parameters arrive flat, keys sorted bytewise, Booleans as numbers")
  func parameters() throws {
    // Capital letters come before small ones in ASCII.
    #expect(
      try Fixtures.spec("good/escapes").parameters == [
        Parameter(key: "B", value: .number(1)), Parameter(key: "b.x", value: .number(-0.5)),
        Parameter(key: "b.y", value: .text("t")), Parameter(key: "clock_hz", value: .number(1e8)),
        Parameter(key: "z", value: .number(1)),
      ])
  }

  @Test("a program has its words, and may say what networks cost as a whole")
  func program() throws {
    let spec = try Fixtures.spec("good/program")
    #expect(
      spec.model == .program(.init(command: ["python3", "costs.py", "--fast"], timeoutSeconds: 30)))
    #expect(spec.capabilities.aggregates == [.latency: .network])
  }

  @Test("a library runs in its own process, without a limit of the spec's, unless the spec says otherwise")
  func isolation() throws {
    func plugin(_ extra: String) throws -> TargetSpec.Plugin {
      let file = "Tests/Fixtures/specs/good/tiny.json"
      let text = String(decoding: try Fixtures.bytes(file), as: UTF8.self)
        .replacing("\"kind\": \"plugin\"", with: "\"kind\": \"plugin\"\(extra)")
      guard case .plugin(let plugin) = try TargetSpec.read(Data(text.utf8), file: "tiny.json").spec.model
      else { throw CancellationError() }
      return plugin
    }
    #expect(try plugin("").isolation == .process)
    #expect(try plugin("").library.timeoutSeconds == nil)
    #expect(try plugin(", \"isolation\": \"process\", \"timeout_s\": 0.5").library.timeoutSeconds == 0.5)
    #expect(try plugin(", \"isolation\": \"in-process\"").isolation == .inProcess)
  }

  @Test("a newer minor version's unknown key is a warning with a place")
  func newerMinor() throws {
    let file = "newer-minor.json"
    let read = try TargetSpec.read(try Fixtures.bytes("Tests/Fixtures/specs/good/\(file)"), file: file)
    #expect(read.warnings.count == 1)
    #expect(read.warnings.first?.place?.description == "newer-minor.json:8:15")
    #expect(read.warnings.first?.message.contains("\"colour\"") == true)
  }

  @Test("widths that go together, and what becomes of others")
  func widthRules() throws {
    #expect(try Fixtures.spec("good/tiny").capabilities.widthRules == WidthRules())
    #expect(try Fixtures.spec("good/round-up").capabilities.widthRules.otherWidths == .roundUp)
    let pairs = try Fixtures.spec("good/pairs").capabilities.widthRules.pairs
    #expect(pairs == .listed(Set(["W2A4", "W4A4", "W8A8"].compactMap(Precision.init))))
  }

  @Test("pairs of formats are listed for all kinds of layers, or for some, beside the reference")
  func formats() throws {
    let capabilities = try Fixtures.spec("good/formats").capabilities
    func pairs(_ kind: Layer.Kind) -> [String] { capabilities.pairs(of: kind).map(\.description) }
    #expect(pairs(.convolution) == ["int4-g128/bf16", "bf16/bf16"])
    #expect(pairs(.fullyConnected) == ["int4-g128/bf16", "bf16/bf16"])
    #expect(pairs(.depthwise) == ["W8A8", "bf16/bf16"])
    // Costed as a convolution, whose pairs it has.
    #expect(pairs(.transposedConvolution) == pairs(.convolution))
    #expect(capabilities.weightWidths.map(\.description) == ["int4-g128", "8", "bf16"])
    #expect(capabilities.activationWidths.map(\.description) == ["8", "bf16"])
    #expect(capabilities.reference.description == "bf16/bf16")
    #expect(try Fixtures.spec("good/tiny").capabilities.reference == .eight)
    let ends = try #require(capabilities.widthRules.ends)
    #expect(ends.first?.description == "int4-g128/bf16" && ends.last == .eight)
    let check = try #require(Fixtures.spec("good/formats").checks.first)
    #expect(check.precision.description == "int4-g128/bf16" && check.output == .float)
  }

  @Test("a function's signature is read, argument by argument")
  func function() throws {
    guard case .function(let model) = try Fixtures.spec("good/function").model else {
      Issue.record("not a function")
      return
    }
    #expect(model.library.file == "lib/libtiny.so")
    #expect(
      model.signatures == [
        .latency: FunctionSignature(
          symbol: "tiny_latency_us", result: .returned(.f64),
          arguments: [
            .layer(.u32, .inputChannels), .point(.u8, .weightBits), .parameter(.f32, key: "clock_hz"),
            .constant(.i16, -3),
          ], scale: 1e-6),
        .energy: FunctionSignature(
          symbol: "tiny_energy", result: .written(status: .i32), arguments: [.layer(.i64, .macs), .out],
          scale: 1),
      ])
  }

  @Test("tables are read with what their files cannot say")
  func tables() throws {
    #expect(
      try Fixtures.spec("good/table").model
        == .table(
          TargetSpec.Table(
            file: "tables/x.csv", sha256: nil, networkSHA256: nil, unit: nil, isInterpolated: true)))
    #expect(
      try Fixtures.spec("good/table-array").model
        == .table(
          TargetSpec.Table(
            file: "x.npy", sha256: String(repeating: "a", count: 64),
            networkSHA256: String(repeating: "0", count: 64), unit: .cycles, isInterpolated: false)))
  }

  static let bundledSpecs = [
    "bismo-pynq-z1", "bismo-ultra96", "bismo-vu9p", "bismo-zynq7020", "bitfusion-16x16", "bitfusion-eyeriss",
    "bitfusion-stripes", "cortex-m7", "edge-npu", "ethos-u55-256", "nvidia-a100", "nvidia-b200",
    "nvidia-h100", "nvidia-h200", "nvidia-h200-roofline", "nvidia-t4", "nvidia-t4-hawq",
    "nvidia-t4-hawq-tvm", "pipeline-bit-serial", "x86-onnxruntime", "x86-vnni-onnxruntime", "xeon-8380",
  ]

  @Test("the bundled specs are good", arguments: bundledSpecs)
  func bundled(id: String) throws {
    let read = try TargetSpec.read(try Fixtures.bytes("hardware-specs/\(id).json"), file: "\(id).json")
    #expect(read.spec.id == id)
    #expect(!read.spec.checks.isEmpty)
  }
}
