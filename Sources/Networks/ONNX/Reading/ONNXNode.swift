import Foundation

/// One node of a file: its operator, and its inputs and attributes with the checks that all operators need.
struct ONNXNode {
  let name: String
  let kind: String
  let opset: Int
  /// Empty names mean optional inputs that are left out.
  let inputs: [String]
  /// Empty names mean results that are not used.
  let outputs: [String]
  private let attributes: [String: ONNXAttributeProto]

  /// - Parameter name: Unique in the file, where the file itself has no two nodes of one name.
  init(_ proto: ONNXNodeProto, name: String, opset: Int) throws {
    kind = proto.opType
    self.name = name
    self.opset = opset
    outputs = proto.output
    // Inputs that are left out at the end are the same whether they are named or not.
    var inputs = proto.input
    while inputs.last?.isEmpty == true { inputs.removeLast() }
    self.inputs = inputs
    attributes = Dictionary(proto.attribute.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    guard attributes.count == proto.attribute.count else { throw problem("has an attribute twice") }
  }

  /// The result.
  ///
  /// - Precondition: `checkOutput()` has passed.
  var output: String { outputs[0] }

  func problem(_ message: String) -> ONNXError.Problem {
    .node(name, operatorName: kind, opset: opset, message: message)
  }

  /// The input at `position`; nil when it is left out.
  func input(_ position: Int) -> String? {
    guard inputs.indices.contains(position), !inputs[position].isEmpty else { return nil }
    return inputs[position]
  }

  func check(inputs allowed: ClosedRange<Int>) throws {
    guard allowed.contains(inputs.count) else {
      let expected =
        allowed.count == 1
        ? "\(allowed.lowerBound)"
        : allowed.upperBound == .max
          ? "\(allowed.lowerBound) or more" : "\(allowed.lowerBound) to \(allowed.upperBound)"
      throw problem("has \(inputs.count) input\(inputs.count == 1 ? "" : "s"); it takes \(expected)")
    }
  }

  func checkOutput() throws {
    guard let first = outputs.first, !first.isEmpty else { throw problem("has no output") }
  }

  /// Refuses attributes that would be ignored.
  func check(attributes known: Set<String>) throws {
    if let unknown = attributes.keys.filter({ !known.contains($0) }).min() {
      throw problem("has the attribute \"\(unknown)\", which is not supported")
    }
  }

  func has(_ key: String) -> Bool { attributes[key] != nil }

  func integer(_ key: String, default fallback: Int) throws -> Int {
    guard let attribute = try attribute(key, .int) else { return fallback }
    return Int(clamping: attribute.i)
  }

  func float(_ key: String, default fallback: Float) throws -> Float {
    try attribute(key, .float)?.f ?? fallback
  }

  func floats(_ key: String) throws -> [Float]? { try attribute(key, .floats)?.floats }

  func integers(_ key: String) throws -> [Int]? {
    try attribute(key, .ints)?.ints.map(Int.init(clamping:))
  }

  func text(_ key: String) throws -> String? {
    try attribute(key, .string).map { String(decoding: $0.s, as: UTF8.self) }
  }

  func tensor(_ key: String) throws -> ONNXTensorProto? { try attribute(key, .tensor)?.t }

  /// A list with one number for each of `count` axes.
  func list(_ key: String, count: Int, default fallback: Int) throws -> [Int] {
    guard let list = try integers(key) else { return Array(repeating: fallback, count: count) }
    guard list.count == count else { throw problem("has \(key) \(list); expected are \(count) numbers") }
    return list
  }

  /// Refuses an integer attribute with any other value than `value`, which is also its default.
  func require(_ key: String, _ value: Int) throws {
    let found = try integer(key, default: value)
    guard found == value else { throw problem("has \(key) \(found); supported is \(value)") }
  }

  /// An axis counted from the front, where negative ones count from the back of `rank` axes.
  func axis(_ axis: Int, rank: Int) throws -> Int {
    guard (-rank..<rank).contains(axis) else {
      throw problem("has the axis \(axis); its input has \(rank) axes")
    }
    return axis < 0 ? axis + rank : axis
  }

  private func attribute(
    _ key: String, _ type: ONNXAttributeProto.AttributeType
  ) throws -> ONNXAttributeProto? {
    guard let attribute = attributes[key] else { return nil }
    // Some old writers leave the type out.
    guard attribute.type == type || attribute.type == .undefined else {
      throw problem("has the attribute \"\(key)\" of type \(attribute.type); \(type) is expected")
    }
    return attribute
  }
}
