/// Why a JSON document cannot be read.
public enum DocumentError: Error, Hashable, Sendable {
  /// There is no key `schema`.
  case unnamed(expected: SchemaName)
  /// The document is of another kind, or of a major version that this program does not know.
  case unknownSchema(String, expected: SchemaName)
  /// The document is not what its schema says; `place` is the path of keys, empty at the top.
  case malformed(SchemaName, place: String, reason: String)
}

extension DocumentError {
  init(_ error: DecodingError, in schema: SchemaName) {
    switch error {
    case .keyNotFound(let key, let context):
      self = .malformed(
        schema, place: Self.place(context), reason: "the key \"\(key.stringValue)\" is missing")
    case .valueNotFound(_, let context), .typeMismatch(_, let context), .dataCorrupted(let context):
      self = .malformed(schema, place: Self.place(context), reason: context.debugDescription)
    @unknown default:
      self = .malformed(schema, place: "", reason: "\(error)")
    }
  }

  private static func place(_ context: DecodingError.Context) -> String {
    context.codingPath.reduce("") { path, key in
      if let index = key.intValue { return "\(path)[\(index)]" }
      return path.isEmpty ? key.stringValue : "\(path).\(key.stringValue)"
    }
  }
}

extension DocumentError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unnamed(let expected):
      "the document does not name its schema; \(expected) is expected. An earlier haq may have written it."
    case .unknownSchema(let found, let expected):
      "the document's schema is \"\(found.prefix(60))\"; this program reads \(expected.name)/\(expected.major)."
    case .malformed(let schema, let place, let reason):
      "the document is not a \(schema) document\(place.isEmpty ? "" : ", at \(place)"): \(reason)"
    }
  }
}
