import Core
import Diagnostics
public import Foundation

extension CostSheet {
  /// Reads the lookup table of HAQ's published code: latencies `[layer][weight bits - 1][activation bits - 1]`,
  /// shape (layers, 8, 8). The file does not say its unit, so the caller does.
  ///
  /// - Parameter clock_hz: cycles a second; required for cycles.
  ///
  /// Throws `Diagnostics` with every cell that cannot be a latency.
  public static func readNumPy(
    _ bytes: Data, file: String, unit: LatencyUnit, clock_hz: Double?
  ) throws -> CostSheet {
    let place = Diagnostic.Place(file: file)
    let array = try NumPyArray(bytes, file: file)
    guard array.shape.count == 3, array.shape[1] == 8, array.shape[2] == 8 else {
      let shape = array.shape.map(String.init).joined(separator: ", ")
      throw Diagnostics([
        Diagnostic("the array has shape (\(shape)); a cost table has shape (layers, 8, 8)", at: place)
      ])
    }
    guard unit == .seconds || clock_hz != nil else {
      throw Diagnostics([SheetHeader.noClock(at: place)])
    }
    let widths = (1...8).compactMap(BitWidth.init)
    var problems: [Diagnostic] = []
    var rows: [Row] = []
    for (index, value) in array.values.enumerated() {
      let precision = Precision(weight: widths[index / 8 % 8], activation: widths[index % 8])
      guard value >= 0, value <= largestCost else {
        problems.append(
          Diagnostic(
            "element [\(index / 64)][\(index / 8 % 8)][\(index % 8)], layer \(index / 64) at \(precision), is "
              + "\(value); a cost is 0 to 1e15", at: place))
        continue
      }
      let latency_s = unit == .cycles ? value / (clock_hz ?? .nan) : value
      rows.append(
        Row(place: place, layer: index / 64, precision: precision, costs: [.latency: latency_s]))
    }
    guard problems.isEmpty else { throw Diagnostics(problems) }
    return CostSheet(
      file: file, metrics: [.latency], latencyUnit: unit, identity: .positions, rows: rows)
  }
}
