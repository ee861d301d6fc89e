import Core
import Evaluation
import Foundation

/// Values as text in a study: equal values have equal texts.
enum StudyText {
  static func encode(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  static func decode<Value: Decodable>(_: Value.Type, _ text: String) throws -> Value {
    try JSONDecoder().decode(Value.self, from: Data(text.utf8))
  }

  /// One table for each target, of the same layers.
  static func costTables(_ text: String) throws -> [CostTable] {
    let tables = try decode([CostTable].self, text)
    for table in tables {
      if let problem = table.inconsistency { throw Unusable(description: problem) }
      guard table.network.layers.count == tables[0].network.layers.count else {
        throw Unusable(description: "the tables are of networks with different numbers of layers")
      }
    }
    guard !tables.isEmpty else { throw Unusable(description: "there is no table") }
    return tables
  }

  /// A text of the right form that no program of ours writes.
  private struct Unusable: Error, CustomStringConvertible {
    var description: String
  }

  /// Why a value cannot be read, as a part of a sentence.
  static func reason(_ error: any Error) -> String {
    switch error as? DecodingError {
    case .keyNotFound(let key, _): "it has no \"\(key.stringValue)\""
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      context.debugDescription
    case nil, _?: "\(error)"
    }
  }

  /// UTC, to the millisecond.
  static func time(_ date: Date) -> String {
    date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }
}
