import Core
import CostTables
import Diagnostics
import Foundation
import Testing

struct CostSheetNumPyTests {
  /// A version 1.0 file, laid out as numpy's format description says.
  private func file(_ dtype: String, shape: String, order: String = "False", payload: Data) -> Data {
    let header = "{'descr': '\(dtype)', 'fortran_order': \(order), 'shape': (\(shape)), }\n"
    return Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, UInt8(header.utf8.count), 0])
      + Data(header.utf8) + payload
  }

  /// Element [layer][weight - 1][activation - 1] is 100 layer + 10 weight + activation.
  private func integers(layers: Int) -> Data {
    var payload = Data()
    for layer in 0..<layers {
      for weight in 1...8 {
        for activation in 1...8 {
          withUnsafeBytes(of: Int64(100 * layer + 10 * weight + activation).littleEndian) {
            payload.append(contentsOf: $0)
          }
        }
      }
    }
    return payload
  }

  private func message(_ bytes: Data, clockHertz: Double? = 10) -> String {
    do {
      _ = try CostSheet.readNumPy(bytes, file: "t.npy", unit: .cycles, clockHertz: clockHertz)
      return "accepted"
    } catch { return "\(error)" }
  }

  @Test("cells lie at [layer][weight bits - 1][activation bits - 1], in cycles of the clock")
  func cells() throws {
    let bytes = file("<i8", shape: "2, 8, 8", payload: integers(layers: 2))
    let sheet = try CostSheet.readNumPy(bytes, file: "t.npy", unit: .cycles, clockHertz: 10)
    #expect(sheet.rows.count == 128)
    let row = try #require(sheet.rows.first { $0.layer == 1 && $0.precision == Precision("W3A7") })
    // 100 + 30 + 7 cycles at 10 Hz.
    #expect(row.costs == [.latency: 13.7])
    #expect(sheet.identity == .positions)
  }

  @Test("seconds need no clock, cycles do")
  func units() throws {
    var payload = Data()
    for _ in 0..<64 { withUnsafeBytes(of: 0.25) { payload.append(contentsOf: $0) } }
    let bytes = file("<f8", shape: "1, 8, 8", payload: payload)
    let sheet = try CostSheet.readNumPy(bytes, file: "t.npy", unit: .seconds, clockHertz: nil)
    #expect(sheet.rows.allSatisfy { $0.costs == [.latency: 0.25] })
    #expect(message(bytes, clockHertz: nil).contains("no clock is stated"))
  }

  @Test("damaged and foreign files are refused with what is wrong")
  func damaged() {
    let good = integers(layers: 1)
    #expect(message(Data("PK".utf8)).contains("does not begin with the .npy signature"))
    #expect(
      message(file("<i8", shape: "1, 8, 8", payload: good.dropLast())).contains("has 511 bytes of data"))
    #expect(message(file("|O", shape: "1, 8, 8", payload: good)).contains("elements of type \"|O\""))
    #expect(message(file("<i8", shape: "8, 8", payload: good)).contains("has shape (8, 8)"))
    #expect(message(file("<i8", shape: "1, 8, 8", order: "True", payload: good)).contains("Fortran order"))
    #expect(
      message(file("<i8", shape: "1, 8, 8", payload: good).prefix(30)).contains("ends inside its header"))
    var negative = good
    for index in 8..<16 { negative[index] = 0xFF }
    #expect(
      message(file("<i8", shape: "1, 8, 8", payload: negative))
        .contains("element [0][0][1], layer 0 at W1A2, is -1"))
  }
}
