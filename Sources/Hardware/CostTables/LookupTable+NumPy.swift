import Core
public import Foundation

extension LookupTable {
  /// A NumPy array of latencies, `[layer][weight bits - 1][activation bits - 1]`, shape (layers, 8, 8).
  ///
  /// The layout of the lookup table that HAQ's published code loads: int64 for cycles, float64 for seconds. File
  /// format version 1.0, C order. Throws `TableError` when a cell is missing or not a whole number of cycles.
  public func numPy(unit: CostSheet.LatencyUnit) throws -> Data {
    guard outputWidths.isEmpty else { throw TableError.outputWidths(outputWidths) }
    let formats = Set(weightWidths + activationWidths).filter { !$0.isNumberOfBits }.sorted()
    guard formats.isEmpty else { throw TableError.formats(formats) }
    let widths = (1...8).compactMap(BitWidth.init)
    let points = network.layers.indices.flatMap { layer in
      widths.flatMap { weight in
        widths.map { Point(layer: layer, precision: Precision(weight: weight, activation: $0)) }
      }
    }
    let missing = points.filter { cells[$0]?[.latency] == nil }
    guard missing.isEmpty else {
      throw TableError.missingCells(missing.prefix(5).map(name), count: missing.count)
    }
    var file = Self.numPyHeader(
      element: unit == .cycles ? "<i8" : "<f8", shape: [network.layers.count, 8, 8])
    for point in points {
      let latencySeconds = cells[point]?[.latency] ?? .nan
      let word =
        unit == .cycles
        ? UInt64(bitPattern: try cycles(latencySeconds, at: point)) : latencySeconds.bitPattern
      withUnsafeBytes(of: word.littleEndian) { file.append(contentsOf: $0) }
    }
    return file
  }

  /// Magic, version, length of the rest, and a Python literal padded so that the data begins at a multiple of 64.
  private static func numPyHeader(element: String, shape: [Int]) -> Data {
    let dimensions = shape.map(String.init).joined(separator: ", ")
    var literal = "{'descr': '\(element)', 'fortran_order': False, 'shape': (\(dimensions)), }"
    let prefix = 10
    let padding = 63 - (prefix + literal.utf8.count) % 64
    literal += String(repeating: " ", count: padding) + "\n"
    var header = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0])
    withUnsafeBytes(of: UInt16(literal.utf8.count).littleEndian) { header.append(contentsOf: $0) }
    return header + Data(literal.utf8)
  }
}
