/// A document with its key `schema`, for any encoder and decoder.
public struct Stamped<Body: Document>: Codable, Hashable, Sendable {
  public var document: Body

  public init(_ document: Body) { self.document = document }

  private enum CodingKeys: CodingKey { case schema }

  /// Throws `DocumentError` for a document of another schema, before anything else of it is read.
  public init(from decoder: any Decoder) throws {
    let found = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(String.self, forKey: .schema)
    guard let found else { throw DocumentError.unnamed(expected: Body.schema) }
    guard let schema = SchemaName(found), Body.schema.reads(schema) else {
      throw DocumentError.unknownSchema(found, expected: Body.schema)
    }
    document = try Body(from: decoder)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Body.schema.description, forKey: .schema)
    try document.encode(to: encoder)
  }
}
