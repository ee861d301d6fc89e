import Core

extension CostRequest: Codable {
  private enum Key: String, CodingKey {
    case id, method, parameters
  }

  private enum MethodName: String, Codable {
    case describe, cost, network, quit
  }

  private struct Describe: Codable {
    var `protocol`: String
    var parameters: [String: WireParameter]?
  }

  private struct Points: Codable {
    var batch: Int
    var points: [CostPoint]
  }

  private struct WholeNetwork: Codable {
    var batch: Int
    var layers: [CostPoint]
    var file: String?
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    id = try container.decode(Int.self, forKey: .id)
    switch try container.decode(MethodName.self, forKey: .method) {
    case .describe:
      let describe = try container.decode(Describe.self, forKey: .parameters)
      method = .describe(
        protocolVersion: describe.protocol, parameters: (describe.parameters ?? [:]).mapValues(\.value))
    case .cost:
      let asked = try container.decode(Points.self, forKey: .parameters)
      method = .cost(asked.points, batch: asked.batch)
    case .network:
      let asked = try container.decode(WholeNetwork.self, forKey: .parameters)
      method = .network(asked.layers, batch: asked.batch, file: asked.file)
    case .quit: method = .quit
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(id, forKey: .id)
    switch method {
    case .describe(let version, let parameters):
      try container.encode(MethodName.describe, forKey: .method)
      try container.encode(
        Describe(protocol: version, parameters: parameters.mapValues(WireParameter.init)), forKey: .parameters
      )
    case .cost(let points, let batch):
      try container.encode(MethodName.cost, forKey: .method)
      try container.encode(Points(batch: batch, points: points), forKey: .parameters)
    case .network(let layers, let batch, let file):
      try container.encode(MethodName.network, forKey: .method)
      try container.encode(WholeNetwork(batch: batch, layers: layers, file: file), forKey: .parameters)
    case .quit: try container.encode(MethodName.quit, forKey: .method)
    }
  }
}

/// A parameter as a number or a text.
struct WireParameter: Hashable, Codable {
  var value: Parameter.Value

  init(_ value: Parameter.Value) { self.value = value }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Double.self) {
      value = .number(number)
    } else {
      value = .text(try container.decode(String.self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch value {
    case .number(let number): try container.encode(number)
    case .text(let text): try container.encode(text)
    }
  }
}

extension CostReply: Codable {
  private enum Key: String, CodingKey {
    case id, description, point, done, error
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let id = try container.decodeIfPresent(Int.self, forKey: .id)
    if let failure = try container.decodeIfPresent(CostFailure.self, forKey: .error) {
      self = .failure(id: id, failure)
      return
    }
    guard let id else {
      throw DecodingError.dataCorruptedError(
        forKey: .id, in: container, debugDescription: "a reply without an id")
    }
    if let description = try container.decodeIfPresent(ProgramDescription.self, forKey: .description) {
      self = .description(id: id, description)
    } else if try container.decodeIfPresent(Bool.self, forKey: .done) == true {
      self = .done(id: id)
    } else {
      let point = try container.decodeIfPresent(Int.self, forKey: .point)
      self = .answer(id: id, point: point, try CostAnswer(from: decoder))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .description(let id, let description):
      try container.encode(id, forKey: .id)
      try container.encode(description, forKey: .description)
    case .answer(let id, let point, let answer):
      try container.encode(id, forKey: .id)
      try container.encodeIfPresent(point, forKey: .point)
      try answer.encode(to: encoder)
    case .done(let id):
      try container.encode(id, forKey: .id)
      try container.encode(true, forKey: .done)
    case .failure(let id, let failure):
      try container.encodeIfPresent(id, forKey: .id)
      try container.encode(failure, forKey: .error)
    }
  }
}
