public import Foundation

/// A value as SQLite stores it.
public enum DatabaseValue: Hashable, Sendable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob(Data)
}

extension DatabaseValue: CustomStringConvertible {
  public var description: String {
    switch self {
    case .null: "NULL"
    case .integer(let integer): "\(integer)"
    case .real(let real): "\(real)"
    case .text(let text): text.debugDescription
    case .blob(let data): "\(data.count) bytes"
    }
  }
}

/// What a column can hold.
public protocol DatabaseConvertible {
  var databaseValue: DatabaseValue { get }
  /// Nil for a value that is not exactly of this type; SQLite itself would turn a text that is no number into 0.
  init?(_ value: DatabaseValue)
}

extension DatabaseValue: DatabaseConvertible {
  public var databaseValue: DatabaseValue { self }
  public init?(_ value: DatabaseValue) { self = value }
}

extension FixedWidthInteger where Self: DatabaseConvertible {
  public init?(_ value: DatabaseValue) {
    switch value {
    case .integer(let integer): self.init(exactly: integer)
    case .real(let real): self.init(exactly: real)
    case .null, .text, .blob: return nil
    }
  }
}

extension Int: DatabaseConvertible {
  public var databaseValue: DatabaseValue { .integer(Int64(self)) }
}

extension Int32: DatabaseConvertible {
  public var databaseValue: DatabaseValue { .integer(Int64(self)) }
}

extension Bool: DatabaseConvertible {
  public var databaseValue: DatabaseValue { .integer(self ? 1 : 0) }

  public init?(_ value: DatabaseValue) {
    guard case .integer(let integer) = value else { return nil }
    self = integer != 0
  }
}

extension Double: DatabaseConvertible {
  public var databaseValue: DatabaseValue { .real(self) }

  public init?(_ value: DatabaseValue) {
    switch value {
    case .integer(let integer): self = Double(integer)
    case .real(let real): self = real
    case .null, .text, .blob: return nil
    }
  }
}

extension String: DatabaseConvertible {
  public var databaseValue: DatabaseValue { .text(self) }

  public init?(_ value: DatabaseValue) {
    guard case .text(let text) = value else { return nil }
    self = text
  }
}

extension Data: DatabaseConvertible {
  public var databaseValue: DatabaseValue { .blob(self) }

  public init?(_ value: DatabaseValue) {
    guard case .blob(let data) = value else { return nil }
    self = data
  }
}
