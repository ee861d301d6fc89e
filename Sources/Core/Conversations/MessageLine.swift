import Foundation

/// Messages as lines of JSON, whose types name their own keys.
package enum MessageLine {
  /// One line, without its newline.
  package static func encode(_ message: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(message), as: UTF8.self)
  }

  /// Throws `DecodingError` when the line is not a `Message`.
  package static func decode<Message: Decodable>(_: Message.Type = Message.self, from line: String) throws
    -> Message
  {
    try JSONDecoder().decode(Message.self, from: Data(line.utf8))
  }
}
