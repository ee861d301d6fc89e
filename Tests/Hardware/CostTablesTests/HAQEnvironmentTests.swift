import Core
import CostTables
import Foundation
import Testing

@Suite("HAQ's own Python")
struct HAQEnvironmentTests {
  private static let python = "/usr/bin/python3"

  /// Debian's NumPy is in .ci/packages.txt.
  private static let hasNumPy: Bool = {
    guard FileManager.default.isExecutableFile(atPath: python) else { return false }
    return (try? run("import numpy")) != nil
  }()

  private static func run(_ program: String) throws -> String? {
    let process = Process()
    process.executableURL = URL(filePath: python)
    process.arguments = ["-c", program]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    return process.terminationStatus == 0 ? text : nil
  }

  @Test(
    "a table that we write loads with numpy.load and is indexed as linear_quantize_env.py does",
    .enabled(if: hasNumPy, "NumPy is not installed"))
  func loads() throws {
    let layers = (0..<3).map {
      Layer(name: "\($0)", kind: .fullyConnected, inputChannels: 1, outputChannels: 1)
    }
    var cells: [Point: [Metric: Double]] = [:]
    let widths = (1...8).compactMap(BitWidth.init)
    for (layer, weight, activation) in layers.indices.flatMap({ layer in
      widths.flatMap { weight in widths.map { (layer, weight, $0) } }
    }) {
      // The digits of a cell are its indices.
      let cycles = Double(layer * 100 + weight.bits * 10 + activation.bits)
      cells[Point(layer: layer, precision: Precision(weight: weight, activation: activation))] = [
        .latency: cycles / 200e6
      ]
    }
    let table = LookupTable(network: Network(name: "n", layers: layers), cells: cells, clockHertz: 200e6)
    let file = FileManager.default.temporaryDirectory.appending(path: "haq-\(UUID().uuidString).npy")
    defer { try? FileManager.default.removeItem(at: file) }
    try table.numPy(unit: .cycles).write(to: file)
    // lib/env/linear_quantize_env.py: self.cost_lookuptable[i, int(n_bit[0]) - 1, int(n_bit[1]) - 1].
    let program = """
      import numpy
      table = numpy.load("\(file.path)")
      assert table.shape == (3, 8, 8) and table.dtype == numpy.int64, (table.shape, table.dtype)
      strategy = [[4, 6], [8, 1], [2, 8]]
      print([int(table[i, int(bits[0]) - 1, int(bits[1]) - 1]) for i, bits in enumerate(strategy)])
      """
    #expect(try Self.run(program) == "[46, 181, 228]\n")
  }
}
