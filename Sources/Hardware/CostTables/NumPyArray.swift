import Diagnostics
import Foundation

/// The numbers of a NumPy `.npy` file, format versions 1.0 and 2.0, little-endian, C order.
struct NumPyArray {
  let shape: [Int]
  /// In C order; whole numbers beyond 2^53 are refused, so nothing is rounded.
  let values: [Double]

  /// Throws `Diagnostics` for a file that is damaged or of a kind that cost tables do not have.
  init(_ bytes: Data, file: String) throws {
    func refuse(_ message: String, hint: String? = nil) -> Diagnostics {
      Diagnostics([Diagnostic(message, at: .init(file: file), hint: hint)])
    }
    let bytes = [UInt8](bytes)
    guard bytes.count >= 10, Array(bytes[..<6]) == [0x93] + Array("NUMPY".utf8) else {
      throw refuse("the file is not a NumPy array: it does not begin with the .npy signature")
    }
    guard bytes[6] == 1 || bytes[6] == 2 else {
      throw refuse("the file has .npy format version \(bytes[6]).\(bytes[7]); versions 1.0 and 2.0 are read")
    }
    let prefix = bytes[6] == 1 ? 10 : 12
    guard bytes.count >= prefix else { throw refuse("the file ends inside its header") }
    let length = (8..<prefix).reversed().reduce(0) { $0 << 8 | Int(bytes[$1]) }
    guard length <= bytes.count - prefix else { throw refuse("the file ends inside its header") }
    let header = String(decoding: bytes[prefix..<prefix + length], as: UTF8.self)

    guard let dtype = header.firstMatch(of: /'descr': *'([^']*)'/)?.1,
      let order = header.firstMatch(of: /'fortran_order': *(True|False)/)?.1,
      let dimensions = header.firstMatch(of: /'shape': *\(([0-9, ]*)\)/)?.1
    else { throw refuse("the .npy header cannot be understood: \(header.prefix(200))") }
    guard let element = Element(rawValue: String(dtype)) else {
      let allowed = Element.allCases.map(\.rawValue).joined(separator: ", ")
      throw refuse("the array has elements of type \"\(dtype)\"; cost tables have one of \(allowed)")
    }
    guard order == "False" else {
      throw refuse("the array is in Fortran order", hint: "Save numpy.ascontiguousarray(array).")
    }
    shape = dimensions.split(separator: ",").compactMap {
      Int($0.trimmingCharacters(in: .whitespaces))
    }
    let count = shape.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
    let payload = bytes[(prefix + length)...]
    guard shape.allSatisfy({ $0 > 0 && $0 <= 65_536 }), count > 0, count <= 1 << 30,
      payload.count == count * element.size
    else {
      throw refuse(
        "the file has \(payload.count) bytes of data, which is not shape (\(dimensions)) of \(dtype) elements"
      )
    }
    var values: [Double] = []
    values.reserveCapacity(count)
    for start in stride(from: payload.startIndex, to: payload.endIndex, by: element.size) {
      guard let value = element.value(payload[start..<start + element.size]) else {
        throw refuse("element \(values.count) is a whole number beyond 2^53, which no cost is")
      }
      values.append(value)
    }
    self.values = values
  }

  /// The element types that are read.
  private enum Element: String, CaseIterable {
    case i4 = "<i4"
    case i8 = "<i8"
    case u4 = "<u4"
    case u8 = "<u8"
    case f4 = "<f4"
    case f8 = "<f8"

    var size: Int { rawValue.hasSuffix("4") ? 4 : 8 }

    /// Nil when the number is not exactly a `Double`.
    func value(_ bytes: ArraySlice<UInt8>) -> Double? {
      let word = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      return switch self {
      case .i4: Double(Int32(truncatingIfNeeded: word))
      case .i8: Double(exactly: Int64(bitPattern: word))
      case .u4: Double(UInt32(truncatingIfNeeded: word))
      case .u8: Double(exactly: word)
      case .f4: Double(Float(bitPattern: UInt32(truncatingIfNeeded: word)))
      case .f8: Double(bitPattern: word)
      }
    }
  }
}
