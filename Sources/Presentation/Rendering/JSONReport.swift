import Core
public import Foundation

/// Values as the programs print them with `--format json`: sorted keys, indented, slashes as they are.
public enum JSONReport {
  /// The encoder behind every JSON output; two runs with equal values print equal bytes.
  public static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return encoder
  }

  /// The text of `value`, ended by a line feed; what a terminal would obey is escaped.
  public static func text(of value: some Encodable) throws -> String {
    String(decoding: try FormatKeys.encode(value, with: encoder), as: UTF8.self).escapedJSON + "\n"
  }
}
