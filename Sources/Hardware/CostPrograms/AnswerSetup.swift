import Conversations
import Core
import Foundation
import Hashing

/// Whose answers they are: answers of equal setups can stand for each other.
public struct AnswerSetup: Hashable, Sendable, Codable {
  public var command: String
  public var program: String
  public var device: String
  public var software: [String: String]
  private var parameters: [String: WireParameter]
  /// SHA-256 of the files that the command names, by name.
  public var files: [String: String]

  public init(_ description: ProgramDescription, _ launch: CostProgramLaunch, files: [String: String]) {
    command = launch.command
    (program, device) = (description.program, description.device)
    software = description.software ?? [:]
    parameters = launch.parameters.mapValues(WireParameter.init)
    self.files = files
  }

  /// The first 16 hexadecimal digits of the SHA-256 of its JSON.
  var id: String {
    get throws { String(Data(try MessageLine.encode(self).utf8).sha256.prefix(16)) }
  }
}

/// What was asked of a cost program.
public struct CostQuestion: Hashable, Sendable, Codable {
  public var batch: Int
  public var subject: Subject

  /// A point, or a whole network under a policy.
  public enum Subject: Hashable, Sendable {
    case point(CostPoint)
    /// - Parameter sha256: of its layers at their widths.
    case network(sha256: String)
  }

  private enum CodingKeys: String, CodingKey {
    case batch, point, network
  }

  public init(_ point: CostPoint, batch: Int) {
    self.batch = batch
    subject = .point(point)
  }

  init(network layers: [CostPoint], batch: Int) throws {
    self.batch = batch
    subject = .network(sha256: Data(try MessageLine.encode(layers).utf8).sha256)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    batch = try container.decode(Int.self, forKey: .batch)
    if let point = try container.decodeIfPresent(CostPoint.self, forKey: .point) {
      subject = .point(point)
    } else {
      subject = .network(sha256: try container.decode(String.self, forKey: .network))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(batch, forKey: .batch)
    switch subject {
    case .point(let point): try container.encode(point, forKey: .point)
    case .network(let sha256): try container.encode(sha256, forKey: .network)
    }
  }
}
