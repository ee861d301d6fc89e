import Core
import CostTables
import Diagnostics
import FixtureBuilding
import Foundation
import Networks
import ONNX
import Profiles
import Testing

/// Files of other programs; `Files/README.md` says how they were made.
@Suite("Profiles of other programs") struct ProfileFileTests {
  private func file(_ name: String) throws -> Data {
    try Data(contentsOf: URL(filePath: "\(Places.package)/Tests/Hardware/ProfilesTests/Files/\(name)"))
  }

  private func imported(
    _ format: ProfileFormat, _ name: String, layers: String? = nil, of network: Network,
    bits: Precision? = nil,
    clockHertz: Double? = nil
  ) throws -> ImportedProfile {
    let operators = try format.operators(
      in: try file(name), file: name, layers: try layers.map { (try file($0), $0) })
    return try ImportedProfile(operators, of: network, bits: bits, clockHertz: clockHertz, file: name)
  }

  private func mobileNet() throws -> Network { try BundledModel.fashionMobileNetV2.graph().network(batch: 1) }

  private func latency(_ row: CostRow) throws -> Double { try #require(row.costs?[.latency]) }

  private static let float = Precision(weight: .float, activation: .float)

  /// The durations of a kernel in microseconds, read another way.
  private func durations(of kernel: String) throws -> [Double] {
    let events = try #require(
      try JSONSerialization.jsonObject(with: try file("onnxruntime.json")) as? [[String: Any]])
    return events.filter { $0["name"] as? String == "\(kernel)_kernel_time" }.compactMap {
      $0["dur"] as? Double
    }
  }

  @Test("onnxruntime: every layer is found by name, with its shape, though channels are in blocks")
  func onnxruntime() throws {
    let network = try mobileNet()
    let profile = try imported(.onnxruntime, "onnxruntime.json", of: network)
    #expect(profile.match.missing == [])
    #expect(profile.rows.map(\.layer) == network.layers)
    #expect(profile.match.pairs.allSatisfy { $0.isShapeChecked })
    #expect(profile.rows.allSatisfy { $0.precision == Self.float })
    for (layer, kernel) in [("stem", "stem.relu6_nchwc"), ("classifier", "classifier")] {
      let row = try #require(profile.rows.first { $0.layer.name == layer })
      let all = try durations(of: kernel)
      #expect(all.count == 3)
      // The first run warms up; of two, the median is their mean.
      let median = (all[1] + all[2]) / 2 * 1e-6
      let least = min(all[1], all[2]) * 1e-6
      #expect(abs(try latency(row) - median) < 1e-12)
      #expect(abs((row.leastSeconds ?? 0) - least) < 1e-12)
      #expect(row.repetitions == 2)
    }
    // Reorderings, the pooling and the flattening.
    #expect(profile.match.others.map(\.type).allSatisfy { !$0.contains("Conv") })
    #expect(profile.match.others.count > 3)
  }

  @Test("onnxruntime: another network's shapes are no match, whatever the names say")
  func otherShapes() throws {
    var network = try mobileNet()
    network.layers[0].outputChannels += 16
    let profile = try imported(.onnxruntime, "onnxruntime.json", of: network)
    #expect(profile.match.missing == ["stem"])
    // A profile at batch 1 is not one at batch 8.
    let error = #expect(throws: Diagnostic.self) {
      try imported(
        .onnxruntime, "onnxruntime.json", of: try BundledModel.fashionMobileNetV2.graph().network(batch: 8))
    }
    #expect(error?.message.contains("at batch 8") == true)
  }

  @Test("onnxruntime: layers with other names are found by shape, in order")
  func otherNames() throws {
    var network = try mobileNet()
    for index in network.layers.indices { network.layers[index].name = "l\(index)" }
    let profile = try imported(.onnxruntime, "onnxruntime.json", of: network)
    #expect(profile.match.missing == [])
    #expect(profile.match.pairs.allSatisfy { $0.by == .shape })
    let named = try imported(.onnxruntime, "onnxruntime.json", of: try mobileNet())
    #expect(profile.match.pairs.map(\.profiled.name) == named.match.pairs.map(\.profiled.name))
  }

  @Test("OpenVINO: every layer is found by name, with the type of its kernel")
  func openvino() throws {
    let network = try mobileNet()
    let profile = try imported(.openvino, "openvino.csv", of: network)
    #expect(profile.match.missing == [])
    #expect(profile.rows.allSatisfy { $0.precision == Self.float })
    #expect(profile.match.pairs.allSatisfy { !$0.isShapeChecked })
    // stem/WithoutBiases;Status.EXECUTED;Convolution;brgconv_avx2_f32;0.567;0.567
    let (first, last) = (try #require(profile.rows.first), try #require(profile.rows.last))
    #expect(abs(try latency(first) - 0.567e-3) < 1e-12)
    #expect(abs(try latency(last) - 35.985e-3) < 1e-12)
    // The report's own total, 39.914 ms, is that of layers and others.
    let whole = try profile.rows.reduce(profile.otherSeconds) { sum, row in sum + (try latency(row)) }
    #expect(abs(whole - 39.914e-3) < 0.05e-3, "\(whole)")
  }

  private let small = Network(
    name: "small",
    layers: [
      Layer(
        name: "stem", kind: .convolution, inputChannels: 1, outputChannels: 16, input: Extent(square: 28),
        output: Extent(square: 28), kernel: Extent(square: 3)),
      Layer(
        name: "project", kind: .convolution, inputChannels: 16, outputChannels: 8, input: Extent(square: 28),
        output: Extent(square: 28)),
      Layer(name: "classifier", kind: .fullyConnected, inputChannels: 320, outputChannels: 10),
    ])

  @Test("SCALE-Sim: cycles at a clock, with the shapes of the topology")
  func scaleSim() throws {
    let profile = try imported(
      .scaleSim, "scale-sim.csv", layers: "scale-sim-topology.csv", of: small, bits: .eight, clockHertz: 1e9)
    // Cycles with the first transfer: 1399, 2382 and 1280.
    let seconds: [Double?] = [1399 / 1e9, 2382 / 1e9, 1280 / 1e9]
    #expect(profile.rows.map { $0.costs?[.latency] } == seconds)
    #expect(profile.match.pairs.allSatisfy { $0.by == .name && $0.isShapeChecked })
    var other = small
    other.layers[1].outputChannels = 9
    #expect(
      try imported(
        .scaleSim, "scale-sim.csv", layers: "scale-sim-topology.csv", of: other, bits: .eight, clockHertz: 1e9
      ).match.missing == ["project"])
    let error = #expect(throws: Diagnostic.self) {
      try imported(.scaleSim, "scale-sim.csv", layers: "scale-sim-topology.csv", of: small, clockHertz: 1e9)
    }
    #expect(error?.hint?.contains("--bits") == true)
  }

  @Test("trtexec, by its documentation: layers with their shapes, without changes of layout")
  func tensorRT() throws {
    let profile = try imported(.trtexec, "trtexec.json", layers: "trtexec-layers.json", of: small)
    let seconds: [Double?] = [0.012 * 1e-3, 0.021 * 1e-3, 0.004 * 1e-3]
    #expect(profile.rows.map { $0.costs?[.latency] } == seconds)
    #expect(profile.rows.map(\.precision.description) == ["W8A8", "W8A8", "W16A16"])
    #expect(profile.match.others.map(\.name) == ["Reformatting CopyNode for Input Tensor 0 to stem + relu"])
    let alone = try imported(.trtexec, "trtexec.json", of: small, bits: .eight)
    #expect(alone.match.missing == [] && alone.match.pairs.allSatisfy { !$0.isShapeChecked })
  }

  @Test(
    "tflite, by its documentation: layers by name, of the regular runs alone",
    arguments: ["tflite.txt", "tflite.csv"])
  func tflite(name: String) throws {
    let profile = try imported(.tflite, name, of: small, bits: .eight)
    // 0.125, 0.070 and 0.030 ms.
    let seconds = try profile.rows.map(latency)
    for (found, expected) in zip(seconds, [0.125e-3, 0.07e-3, 0.03e-3]) {
      #expect(abs(found - expected) < 1e-12)
    }
    #expect(profile.rows.map(\.layer.name) == ["stem", "project", "classifier"])
    #expect(profile.match.pairs.allSatisfy { $0.by == .name && !$0.isShapeChecked })
    #expect(profile.match.others.map(\.type) == ["MEAN"] && abs(profile.otherSeconds - 0.02e-3) < 1e-12)
    #expect(profile.match.pairs[2].profiled.name == "[small/classifier/MatMul, small/classifier/BiasAdd]:3")
    // The profile has no widths, and a convolution is no depthwise layer.
    #expect(throws: Diagnostic.self) { try imported(.tflite, name, of: small) }
    var other = small
    other.layers[0].kind = .fullyConnected
    #expect(try imported(.tflite, name, of: other, bits: .eight).match.missing == ["stem"])
  }

  @Test("tflite: a table that ends in a broken line is refused with the line")
  func tfliteBroken() throws {
    let text = String(decoding: try file("tflite.csv"), as: UTF8.self)
    for (was, with, words) in [
      ("0.13, 0.125", "0.13, soon", "\"avg ms\" is \"soon\""), ("0.07, 28.571%, 79.592%, 0, 1, ", "", "has"),
      ("avg_ms, %", "mean, %", "no column \"avg ms\""),
    ] {
      let error = #expect(throws: Diagnostic.self) {
        try ProfileFormat.tflite.operators(in: Data(text.replacing(was, with: with).utf8), file: "t.csv")
      }
      #expect(
        error?.message.contains(words) == true && error?.place?.line != nil, "\(String(describing: error))")
    }
  }

  @Test("TVM, by its documentation: layers by shape, with blocked channels and the types of the arguments")
  func tvm() throws {
    let profile = try imported(.tvm, "tvm.json", of: small)
    let seconds = try profile.rows.map(latency)
    for (found, expected) in zip(seconds, [18.25e-6, 12.5e-6, 4.75e-6]) {
      #expect(abs(found - expected) < 1e-15)
    }
    #expect(profile.rows.map(\.precision.description) == ["W32A32", "W8A8", "W32A32"])
    #expect(profile.match.pairs.allSatisfy { $0.by == .shape && $0.isShapeChecked })
    #expect(profile.match.others.count == 2 && abs(profile.otherSeconds - 5.5e-6) < 1e-15)
    var other = small
    other.layers[0].outputChannels = 24
    #expect(try imported(.tvm, "tvm.json", of: other).match.missing == ["stem"])
  }

  @Test("Timeloop, by its source: cycles of a layer a file, by name or by the work")
  func timeloop() throws {
    let profile = try imported(.timeloop, "timeloop.txt", of: small, clockHertz: 1e9)
    let expected: [Double?] = [784 / 1e9, 512 / 1e9, 40 / 1e9]
    #expect(profile.rows.map { $0.costs?[.latency] } == expected)
    #expect(profile.rows.map(\.precision.description) == ["W8A8", "W8A8", "W16A16"])
    // "layer_2" is no layer's name, and 100,352 multiply-accumulates are those of "project": 28 x 28 x 16 x 8.
    #expect(profile.match.pairs.map(\.by) == [.name, .shape, .name])
    #expect(profile.match.pairs.allSatisfy { $0.isShapeChecked })
    var other = small
    other.layers[2].outputChannels = 11
    #expect(
      try imported(.timeloop, "timeloop.txt", of: other, clockHertz: 1e9).match.missing == ["classifier"])
    // One file alone has the name of its folder.
    let text = String(decoding: try file("timeloop.txt"), as: UTF8.self)
    let alone = try #require(text.split(separator: "==>").last)
    let one = try ProfileFormat.timeloop.operators(
      in: Data(alone.drop { $0 != "\n" }.utf8), file: "out/classifier/timeloop-mapper.stats.txt")
    #expect(one.map(\.name) == ["classifier"] && one[0].times == [40])
    let error = #expect(throws: Diagnostic.self) {
      try ProfileFormat.timeloop.operators(
        in: Data(text.replacing("Cycles: 512", with: "").utf8), file: "t.txt")
    }
    // The mark of the second of three files.
    #expect(error?.message.contains("Cycles:") == true && error?.place?.line == 36)
  }

  @Test("a table that was imported is read as any other")
  func table() throws {
    let profile = try imported(.openvino, "openvino.csv", of: try mobileNet())
    let sheet = try CostSheet.readCSV(Data(profile.csv.utf8), file: "t.csv", clockHertz: nil)
    #expect(try LookupTable(sheet, of: try mobileNet()).missingLayers == [])
  }

  @Test(
    "files of another form are refused with their name",
    arguments: ProfileFormat.allCases)
  func otherForms(format: ProfileFormat) throws {
    for text in ["", "{}", "[1]", "[]", "a;b\n1;2\n", "layerid, total cycles\nx, 1\n", "\u{0}"] {
      let error = #expect(throws: Diagnostic.self) {
        try format.operators(in: Data(text.utf8), file: "there")
      }
      #expect(error?.place?.file == "there", "\(text)")
    }
    #expect(throws: Diagnostic.self) { try format.operators(in: Data([0xFF, 0xFE, 0x00]), file: "there") }
  }
}
