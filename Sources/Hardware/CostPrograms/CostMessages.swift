public import Core

/// A question to a cost program, with a number that its answers repeat.
public struct CostRequest: Hashable, Sendable {
  public var id: Int
  public var method: Method

  /// What can be asked.
  public enum Method: Hashable, Sendable {
    /// What the program costs; always the first request.
    case describe(protocolVersion: String, parameters: [String: Parameter.Value])
    case cost([CostPoint], batch: Int)
    /// What a whole network costs; the file is that of the exported network.
    case network([CostPoint], batch: Int, file: String?)
    case quit
  }

  public init(id: Int, method: Method) {
    self.id = id
    self.method = method
  }
}

/// An answer of a cost program.
public enum CostReply: Hashable, Sendable {
  case description(id: Int, ProgramDescription)
  /// - Parameter point: its position in the request; nil for a network.
  case answer(id: Int, point: Int?, CostAnswer)
  /// All points are answered.
  case done(id: Int)
  /// `id` is nil when the request had no readable one.
  case failure(id: Int?, CostFailure)

  /// Of the request.
  var id: Int? {
    switch self {
    case .description(let id, _), .answer(let id, _, _), .done(let id): id
    case .failure(let id, _): id
    }
  }
}

/// The error of a request.
public struct CostFailure: Hashable, Sendable, Codable {
  public var code: Code
  /// One sentence for people.
  public var message: String

  /// What kind of error it is.
  public enum Code: String, Hashable, Sendable, Codable, CaseIterable {
    case malformed, incompatible, illegal, failed
  }

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}
