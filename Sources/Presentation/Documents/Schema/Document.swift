import Core
public import Foundation
import Rendering

/// A JSON document that haq writes: one type writes and reads it.
///
/// The type's own coding has no key `schema`. ``json()`` writes it, ``init(json:)`` demands it; so do `Stamped` values.
/// Every document has a JSON Schema and a page in `docs/documents`.
public protocol Document: Codable, Hashable, Sendable {
  static var schema: SchemaName { get }
}

extension Document {
  /// The document as programs print and write it, ended by a line feed; equal documents give equal bytes.
  public func json() throws -> String { try JSONReport.text(of: Stamped(self)) }

  /// Reads a document; throws `DocumentError` for another schema or a malformed document.
  public init(json bytes: Data) throws {
    do {
      self = try FormatKeys.decoder.decode(Stamped<Self>.self, from: bytes).document
    } catch let error as DecodingError {
      throw DocumentError(error, in: Self.schema)
    }
  }

  /// Reads a document; throws `DocumentError` for another schema or a malformed document.
  public init(json text: String) throws { try self.init(json: Data(text.utf8)) }
}
