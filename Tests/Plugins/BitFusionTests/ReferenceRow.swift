import Core
import FixtureBuilding
import Foundation

/// One row of the original simulator; the columns are described in Tests/Fixtures/bitfusion.
struct ReferenceRow: CustomStringConvertible {
  let layer: Layer
  let batch: Int
  let precision: Precision
  let readsInput: Bool
  /// Integers by column name, `total_cycles` to `dram_write_bits`.
  let counters: [String: Int]
  /// Nanojoules by column name, `e_core_nJ` to `e_total_nJ`.
  let energies: [String: Double]
  let description: String

  static let counterNames = [
    "total_cycles", "compute_cycles", "mem_stall_cycles", "wbuf_read_bits", "wbuf_write_bits",
    "ibuf_read_bits", "ibuf_write_bits", "obuf_read_bits", "obuf_write_bits", "dram_read_bits",
    "dram_write_bits",
  ]
  static let energyNames = ["e_core_nJ", "e_wbuf_nJ", "e_ibuf_nJ", "e_obuf_nJ", "e_dram_nJ", "e_total_nJ"]

  private struct Unreadable: Error { var line: String }

  private init(_ line: Substring, columns: [Substring]) throws {
    let fields = line.split(separator: ",", omittingEmptySubsequences: false)
    guard fields.count == columns.count else { throw Unreadable(line: String(line)) }
    let text = Dictionary(uniqueKeysWithValues: zip(columns.map(String.init), fields))
    func number(_ column: String) throws -> Int {
      guard let number = text[column].flatMap({ Int($0) }) else { throw Unreadable(line: String(line)) }
      return number
    }
    let kind: Layer.Kind =
      switch text["op_type"] {
      case "conv": .convolution
      case "dwconv": .depthwise
      case "fc": .fullyConnected
      default: throw Unreadable(line: String(line))
      }
    let kernel = try number("kernel")
    layer = Layer(
      name: String(text["layer_name"]!), kind: kind, groups: try number("groups"),
      inputChannels: try number("in_ch"), outputChannels: try number("out_ch"),
      input: Extent(height: try number("in_h"), width: try number("in_w")),
      output: Extent(height: try number("out_h"), width: try number("out_w")),
      kernel: Extent(square: kernel), stride: Extent(square: try number("stride")))
    batch = try number("batch")
    guard let weight = BitWidth(try number("w_bits")), let activation = BitWidth(try number("a_bits")) else {
      throw Unreadable(line: String(line))
    }
    precision = Precision(weight: weight, activation: activation)
    readsInput = try number("im2col") == 1
    counters = try Dictionary(uniqueKeysWithValues: Self.counterNames.map { ($0, try number($0)) })
    energies = try Dictionary(
      uniqueKeysWithValues: Self.energyNames.map { name in
        guard let energy = text[name].flatMap({ Double($0) }) else { throw Unreadable(line: String(line)) }
        return (name, energy)
      })
    description = "\(text["network"]!) \(layer.name), batch \(batch), \(precision)"
  }

  /// The rows of a file.
  static func rows(of path: String) throws -> [ReferenceRow] {
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline)
    let columns = lines.first?.split(separator: ",") ?? []
    return try lines.dropFirst().map { try ReferenceRow($0, columns: columns) }
  }

  /// The rows that come with the checkout.
  static func excerpt(_ configuration: String) throws -> [ReferenceRow] {
    try rows(of: Places.package + "/Tests/Fixtures/bitfusion/\(configuration).csv")
  }

  /// All rows; developers have them in `shared` near the checkout.
  static func wholeTable(_ configuration: String) -> String? {
    ["..", "../.."].map { Places.package + "/\($0)/shared/reference/bitfusion-\(configuration).csv" }
      .first(where: FileManager.default.fileExists(atPath:))
  }
}
