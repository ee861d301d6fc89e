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
  /// Why it was asked: a point that is measured several times has an answer for each.
  public var occasion: Occasion

  /// Why something is asked.
  public enum Occasion: Hashable, Sendable {
    /// Because its cost is wanted; the answer that commands use.
    case first
    /// Because the answers so far are not sure enough; counted from 2.
    case again(Int)
    /// To see whether a cost is found again.
    case check
  }

  /// A point, or a whole network under a policy.
  public enum Subject: Hashable, Sendable {
    case point(CostPoint)
    /// - Parameter sha256: of its layers at their widths.
    case network(sha256: String)
  }

  private enum CodingKeys: String, CodingKey {
    case batch, point, network, again, check
  }

  public init(_ point: CostPoint, batch: Int, occasion: Occasion = .first) {
    self.batch = batch
    self.occasion = occasion
    subject = .point(point)
  }

  /// - Parameter fileSHA256: Of the exported network, where that is what runs.
  init(network layers: [CostPoint], batch: Int, fileSHA256: String? = nil) throws {
    self.batch = batch
    occasion = .first
    let layers = try MessageLine.encode(layers) + (fileSHA256.map { " \($0)" } ?? "")
    subject = .network(sha256: Data(layers.utf8).sha256)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    batch = try container.decode(Int.self, forKey: .batch)
    let isCheck = try container.decodeIfPresent(Bool.self, forKey: .check) ?? false
    let again = try container.decodeIfPresent(Int.self, forKey: .again)
    occasion = isCheck ? .check : again.map(Occasion.again) ?? .first
    if let point = try container.decodeIfPresent(CostPoint.self, forKey: .point) {
      subject = .point(point)
    } else {
      subject = .network(sha256: try container.decode(String.self, forKey: .network))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(batch, forKey: .batch)
    switch occasion {
    case .first: break
    case .again(let number): try container.encode(number, forKey: .again)
    case .check: try container.encode(true, forKey: .check)
    }
    switch subject {
    case .point(let point): try container.encode(point, forKey: .point)
    case .network(let sha256): try container.encode(sha256, forKey: .network)
    }
  }
}
