import Foundation

/// Specs that differ from a good one in one place: a key left out or added, or a value of another kind.
struct SpecMutants {
  private(set) var documents: [Data] = []
  private let root: Any

  init(of spec: Data) throws {
    root = try JSONSerialization.jsonObject(with: spec)
    try visit(root) { $0 }
  }

  private static var replacements: [Any] {
    [
      NSNull(), true, "", "zebra", "W8A8", -1, 0, 0.5, 1, 33, 1e20, [Any](), [1, 1], ["x"], [String: Any](),
      ["x": 1],
    ]
  }

  /// `within` puts a new value where `value` stands, and returns the whole spec.
  private mutating func visit(_ value: Any, _ within: (Any) -> Any) throws {
    for replacement in Self.replacements { try add(within(replacement)) }
    if let object = value as? [String: Any] {
      for (key, child) in object.sorted(by: { $0.key < $1.key }) {
        try add(within(object.filter { $0.key != key }))
        try visit(child) { within(object.merging([key: $0]) { $1 }) }
      }
      for key in ["colour", "x-colour", "unit", "timeout_s"] where object[key] == nil {
        try add(within(object.merging([key: "cycles"]) { $1 }))
      }
    }
    if let list = value as? [Any] {
      for (index, child) in list.enumerated() {
        try visit(child) { replacement in
          var copy = list
          copy[index] = replacement
          return within(copy)
        }
      }
      if let first = list.first { try add(within(list + [first])) }
    }
  }

  private mutating func add(_ spec: Any) throws {
    documents.append(try JSONSerialization.data(withJSONObject: spec, options: .fragmentsAllowed))
  }
}
