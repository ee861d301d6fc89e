import Core
import Diagnostics
import Foundation

/// SCALE-Sim's `COMPUTE_REPORT.csv`, which numbers layers, and its topology, which says what they are.
enum ScaleSimReport {
  private static let what = "a COMPUTE_REPORT.csv of SCALE-Sim"
  private static let topologyName = "a topology of SCALE-Sim"

  /// Cycles of each layer. Since version 3 they are counted with and without the first transfer; those with it are taken,
  /// since a layer alone begins with it.
  static func operators(
    in bytes: Data, file: String, topology: (bytes: Data, file: String)?
  ) throws -> [ProfiledOperator] {
    let report = try ReportLines(bytes, file: file, separator: ",", what: what)
    let number = try report.column(["layerid"], what: what)
    let cycles = try report.column(["total cycles (incl. prefetch)", "total cycles"], what: what)
    let layers = try topology.map { try stated(in: $0.bytes, file: $0.file) }
    return try report.rows.map { row in
      let position = Int(try report.number(number, of: row).rounded())
      let times = [try report.number(cycles, of: row)]
      guard let layers else {
        return ProfiledOperator(name: "layer \(position)", type: "layer", isLayer: true, times: times)
      }
      guard layers.indices.contains(position) else {
        throw Diagnostic(
          "the report has a layer \(position), and the topology \(layers.count) layers",
          at: .init(file: file, line: row.line, column: 1))
      }
      return ProfiledOperator(
        name: layers[position].name, type: "layer", isLayer: true, shapes: [layers[position].shape],
        times: times)
    }
  }

  /// `Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides`; the input with
  /// its padding.
  private static func stated(in bytes: Data, file: String) throws -> [(name: String, shape: ProfiledShape)] {
    let lines = try ReportLines(bytes, file: file, separator: ",", what: topologyName)
    func column(_ name: String) throws -> Int { try lines.column([name], what: topologyName) }
    let name = try column("layer name")
    let sizes = try [
      "ifmap height", "ifmap width", "filter height", "filter width", "channels", "num filter", "strides",
    ].map(column)
    return try lines.rows.map { row in
      let values = try sizes.map { try lines.number($0, of: row) }
      guard values.allSatisfy({ $0 >= 1 && $0 <= 16_777_215 }) else {
        throw Diagnostic(
          "a size of the layer is not 1 to 16777215", at: .init(file: file, line: row.line, column: 1))
      }
      let size = values.map { Int($0) }
      return (try lines.field(name, of: row), shape(size))
    }
  }

  private static func shape(_ size: [Int]) -> ProfiledShape {
    let stride = size[6]
    var shape = ProfiledShape(kinds: [.convolution, .fullyConnected])
    (shape.inputChannels, shape.outputChannels) = (size[4], size[5])
    shape.kernel = Extent(height: size[2], width: size[3])
    shape.output = Extent(
      height: max(1, (size[0] - size[2]) / stride + 1), width: max(1, (size[1] - size[3]) / stride + 1))
    return shape
  }
}
