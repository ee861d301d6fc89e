import Foundation

/// One node of a file: its operator, and its inputs and attributes with the checks that all operators need.
struct ONNXNode {
  let name: String
  let kind: ONNXOperator
  let opset: Int
  /// Empty names stand for optional inputs that are left out.
  let inputs: [String]
  let output: String
  private let attributes: [String: ONNXAttributeProto]

  init(_ proto: ONNXNodeProto, opset: Int) throws {
    let output = proto.output.first ?? ""
    name = proto.name.isEmpty ? output : proto.name
    guard ONNXOperator.isStandard(domain: proto.domain), let kind = ONNXOperator(rawValue: proto.opType)
    else {
      throw ONNXError.Problem.unsupportedOperator(
        node: name, name: proto.opType, domain: proto.domain, opset: opset)
    }
    self.kind = kind
    self.opset = opset
    self.output = output
    inputs = proto.input
    attributes = Dictionary(proto.attribute.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    guard attributes.count == proto.attribute.count else { throw problem("has an attribute twice") }
    guard !output.isEmpty, proto.output.dropFirst().allSatisfy(\.isEmpty) else {
      throw problem("has other outputs than one, which is not supported")
    }
  }

  func problem(_ message: String) -> ONNXError.Problem {
    .node(name, operatorName: kind.rawValue, opset: opset, message: message)
  }

  /// The input at `position`; nil when it is left out.
  func input(_ position: Int) -> String? {
    guard inputs.indices.contains(position), !inputs[position].isEmpty else { return nil }
    return inputs[position]
  }

  func checkInputCount(_ allowed: ClosedRange<Int>) throws {
    guard allowed.contains(inputs.count) else {
      let expected =
        allowed.count == 1 ? "\(allowed.lowerBound)" : "\(allowed.lowerBound) to \(allowed.upperBound)"
      throw problem("has \(inputs.count) inputs; it takes \(expected)")
    }
  }

  /// Refuses attributes that nobody would look at.
  func checkAttributes(_ known: Set<String>) throws {
    if let unknown = attributes.keys.filter({ !known.contains($0) }).min() {
      throw problem("has the attribute \"\(unknown)\", which is not supported")
    }
  }

  func integer(_ key: String, default fallback: Int) throws -> Int {
    guard let attribute = try attribute(key, .int) else { return fallback }
    return Int(clamping: attribute.i)
  }

  func float(_ key: String, default fallback: Float) throws -> Float {
    try attribute(key, .float)?.f ?? fallback
  }

  func integers(_ key: String) throws -> [Int]? {
    try attribute(key, .ints)?.ints.map(Int.init(clamping:))
  }

  func text(_ key: String) throws -> String? {
    try attribute(key, .string).map { String(decoding: $0.s, as: UTF8.self) }
  }

  func tensor(_ key: String) throws -> ONNXTensorProto? { try attribute(key, .tensor)?.t }

  /// The one number that all entries of a list must have, since only squares are supported.
  func uniform(_ key: String, count: Int, default fallback: Int) throws -> Int {
    guard let list = try integers(key) else { return fallback }
    guard list.count == count, let first = list.first, list.allSatisfy({ $0 == first }) else {
      throw problem("has \(key) \(list); supported are \(count) equal numbers")
    }
    return first
  }

  /// Refuses an integer attribute with any other value than `value`, which is also its default.
  func require(_ key: String, _ value: Int) throws {
    let found = try integer(key, default: value)
    guard found == value else { throw problem("has \(key) \(found); supported is \(value)") }
  }

  private func attribute(
    _ key: String, _ type: ONNXAttributeProto.AttributeType
  ) throws -> ONNXAttributeProto? {
    guard let attribute = attributes[key] else { return nil }
    guard attribute.type == type else {
      throw problem("has the attribute \"\(key)\" of type \(attribute.type); \(type) is expected")
    }
    return attribute
  }
}
