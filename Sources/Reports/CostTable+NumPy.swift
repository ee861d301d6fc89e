public import Foundation
public import HardwareModel

extension CostTable {
  /// A NumPy array of cycles, int64, `[layer][weight bits - 1][activation bits - 1]`, shape (layers, 8, 8).
  ///
  /// The layout of the lookup table that HAQ's published code loads. File format version 1.0, C order.
  public func numPy(cycles column: CycleColumn) throws -> Data {
    let widths = (1...8).compactMap(BitWidth.init)
    guard Set(weightWidths).isSuperset(of: widths), Set(activationWidths).isSuperset(of: widths) else {
      throw TableError.missingWidths(target: provenance.target)
    }
    var file = Self.numPyHeader(shape: [network.layers.count, 8, 8])
    for (index, layer) in network.layers.enumerated() {
      for weight in widths {
        for activation in widths {
          let precision = Precision(weight: weight, activation: activation)
          let cell = "\(layer.name) at \(precision)"
          guard let latency = cost(.latency, layer: index, at: precision) else {
            throw TableError.missingCell(cell)
          }
          withUnsafeBytes(of: try column.cycles(latency, cell: cell).littleEndian) {
            file.append(contentsOf: $0)
          }
        }
      }
    }
    return file
  }

  /// Magic, version, length of the rest, and a Python literal padded so that the data begins at a multiple of 64.
  private static func numPyHeader(shape: [Int]) -> Data {
    let dimensions = shape.map(String.init).joined(separator: ", ")
    var literal = "{'descr': '<i8', 'fortran_order': False, 'shape': (\(dimensions)), }"
    let prefix = 10
    let padding = 63 - (prefix + literal.utf8.count) % 64
    literal += String(repeating: " ", count: padding) + "\n"
    var header = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0])
    withUnsafeBytes(of: UInt16(literal.utf8.count).littleEndian) { header.append(contentsOf: $0) }
    return header + Data(literal.utf8)
  }
}
