import GRDB

extension Row {
  /// The value of a column in exactly its type; SQLite itself would turn a text that is no number into 0.
  func value<Value: DatabaseValueConvertible>(_ index: Int, as type: Value.Type = Value.self) throws -> Value
  {
    guard let value = try optionalValue(index, as: type) else { throw WrongValue(index, "NULL", Value.self) }
    return value
  }

  /// The same of a column that may be NULL.
  func optionalValue<Value: DatabaseValueConvertible>(
    _ index: Int, as type: Value.Type = Value.self
  ) throws -> Value? {
    let stored: DatabaseValue = self[index]
    if stored.isNull { return nil }
    guard let value = Value.fromDatabaseValue(stored) else {
      throw WrongValue(index, "\(stored)", Value.self)
    }
    return value
  }

  private struct WrongValue: Error, CustomStringConvertible {
    var description: String

    init(_ index: Int, _ value: String, _ type: Any.Type) {
      description = "column \(index + 1) is \(value.prefix(100)), and must be of type \(type)"
    }
  }
}
