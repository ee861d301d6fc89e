import Documents
import Foundation
import Testing

struct SchemaTests {
  /// A document with an array, to see paths in messages.
  private struct Meal: Document {
    static let schema: SchemaName = "haq.meal/1.2"
    var plates: [Plate]
  }

  private struct Plate: Codable, Hashable {
    var price: Int
  }

  @Test("a document is written with its schema, keys in order")
  func writing() throws {
    #expect(
      try Meal(plates: [Plate(price: 3)]).json() == """
        {
          "plates" : [
            {
              "price" : 3
            }
          ],
          "schema" : "haq.meal/1.2"
        }

        """)
  }

  @Test("a reader takes every minor version of its major one", arguments: ["1.0", "1.2", "1.7"])
  func minorVersions(version: String) throws {
    let meal = try Meal(json: #"{"schema": "haq.meal/\#(version)", "plates": [], "later": 1}"#)
    #expect(meal.plates.isEmpty)
  }

  @Test(
    "a document of another schema is refused by name",
    arguments: ["haq.meal/2.0", "haq.cost/1.2", "haq.meal/1", "meal", ""])
  func otherSchema(schema: String) {
    let error = #expect(throws: DocumentError.self) {
      try Meal(json: #"{"schema": "\#(schema)", "plates": 5}"#)
    }
    #expect(error?.description == "the document's schema is \"\(schema)\"; this program reads haq.meal/1.")
  }

  @Test("a document without a schema is refused")
  func noSchema() {
    #expect(throws: DocumentError.unnamed(expected: "haq.meal/1.2")) { try Meal(json: #"{"plates": []}"#) }
  }

  @Test("a malformed document is refused with the place")
  func malformed() {
    let error = #expect(throws: DocumentError.self) {
      try Meal(json: #"{"schema": "haq.meal/1.2", "plates": [{"price": 1}, {}]}"#)
    }
    #expect(
      error?.description
        == "the document is not a haq.meal/1.2 document, at plates[1]: the key \"price\" is missing")
  }
}
