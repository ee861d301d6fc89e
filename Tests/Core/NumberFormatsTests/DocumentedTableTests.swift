import FixtureBuilding
import Foundation
import NumberFormats
import Testing

/// The table of `docs/formats.md`.
@Suite struct DocumentedTableTests {
  /// The cells of each row that begins with a name of a format: name, bits, largest, smallest, codes, scale.
  private func rows() throws -> [[String]] {
    let page = try String(contentsOfFile: Places.package + "/docs/formats.md", encoding: .utf8)
    return page.split(separator: "\n").filter { $0.hasPrefix("| `") }
      .map { $0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) } }
      .filter { $0.count == 6 }
  }

  @Test("every row has the bits, the ends and the codes of its format")
  func values() throws {
    for row in try rows() {
      let format = try NumberFormat(row[0].trimmingCharacters(in: ["`"]))
      #expect(format.bitsPerElement.description == row[1], "\(format)")
      #expect(format.limits().largest == Double(row[2]), "\(format)")
      #expect(format.limits().smallestMagnitude == Double(row[3]), "\(format)")
      #expect(format.codeCount == Int(row[4]), "\(format)")
      if let length = format.blockLength { #expect(row[5].contains(" for \(length) elements"), "\(format)") }
    }
  }

  @Test("the table has every format but most integers")
  func names() throws {
    let names = Set(try rows().map { $0[0].trimmingCharacters(in: ["`"]) })
    let missing = NumberFormat.all.map(\.description).filter { !names.contains($0) && !$0.hasPrefix("int") }
    #expect(missing == [])
    #expect(names.isSuperset(of: ["int8", "int4", "int4-g32", "int4-g64", "int4-g128"]))
  }
}
