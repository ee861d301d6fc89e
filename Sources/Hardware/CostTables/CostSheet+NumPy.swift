import Arrays
import Core
import Diagnostics
public import Foundation

extension CostSheet {
  /// Layers of the largest network that a table is read for.
  private static let largestLayerCount = 65_536

  /// Reads the lookup table of HAQ's published code: latencies `[layer][weight bits - 1][activation bits - 1]`,
  /// shape (layers, 8, 8). The file does not say its unit, so the caller does.
  ///
  /// - Parameter clockHertz: cycles a second; required for cycles.
  ///
  /// Throws `Diagnostics` with every cell that cannot be a latency.
  public static func readNumPy(
    _ bytes: Data, file: String, unit: LatencyUnit, clockHertz: Double?
  ) throws -> CostSheet {
    let place = Diagnostic.Place(file: file)
    func refuse(_ message: String, hint: String? = nil) -> Diagnostics {
      Diagnostics([Diagnostic(message, at: place, hint: hint)])
    }
    let array: NumPyArray
    do { array = try NumPyArray([UInt8](bytes)) } catch {
      throw refuse("the array cannot be read: \(error.reason)", hint: error.hint)
    }
    guard array.shape.count == 3, (1...largestLayerCount).contains(array.shape[0]), array.shape[1] == 8,
      array.shape[2] == 8
    else {
      let shape = array.shape.map(String.init).joined(separator: ", ")
      throw refuse("the array has shape (\(shape)); a cost table has shape (layers, 8, 8)")
    }
    guard unit == .seconds || clockHertz != nil else {
      throw Diagnostics([SheetHeader.noClock(at: place)])
    }
    let widths = (1...8).compactMap(BitWidth.init)
    var problems: [Diagnostic] = []
    var rows: [Row] = []
    for (index, number) in array.elements.numbers.enumerated() {
      guard let value = number else {
        throw refuse("element \(index) is a whole number beyond 2^53, which no cost is")
      }
      let precision = Precision(weight: widths[index / 8 % 8], activation: widths[index % 8])
      guard value >= 0, value <= largestCost else {
        problems.append(
          Diagnostic(
            "element [\(index / 64)][\(index / 8 % 8)][\(index % 8)], layer \(index / 64) at \(precision), is "
              + "\(value); a cost is 0 to 1e15", at: place))
        continue
      }
      let latencySeconds = unit == .cycles ? value / (clockHertz ?? .nan) : value
      rows.append(
        Row(place: place, layer: index / 64, precision: precision, costs: [.latency: latencySeconds]))
    }
    guard problems.isEmpty else { throw Diagnostics(problems) }
    return CostSheet(
      file: file, metrics: [.latency], latencyUnit: unit, identity: .positions, rows: rows)
  }
}

extension NumPyArray.Elements {
  /// As `Double`s; nil for a whole number that is not exactly one.
  fileprivate var numbers: [Double?] {
    switch self {
    case .bytes(let bytes): bytes.map { Double($0) }
    case .integers(let integers): integers.map { Double(exactly: $0) }
    case .naturals(let naturals): naturals.map { Double(exactly: $0) }
    case .floats(let floats): floats.map { Double($0) }
    case .doubles(let doubles): doubles
    }
  }
}
