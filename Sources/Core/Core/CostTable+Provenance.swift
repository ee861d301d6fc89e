extension CostTable {
  /// Where the costs come from; tables of one network with equal provenance have equal costs.
  public struct Provenance: Hashable, Sendable {
    public var source: Source
    public var programVersion: String

    /// Whose costs they are.
    public enum Source: Hashable, Sendable {
      case target(Target)
      /// What is needed on any hardware; the name, such as `codebooks`, is for messages.
      case withoutHardware(name: String)
    }

    /// A target, down to the bytes that its costs come from.
    public struct Target: Hashable, Sendable {
      public var id: String
      /// How far the target is from evidence; nil when its spec does not say.
      public var evidence: Evidence?
      public var specSHA256: String
      /// Nil for targets without a library.
      public var librarySHA256: String?
      /// What confined the library while it computed the costs; nil for targets without one, and in files of earlier
      /// programs.
      public var confinement: String?
      /// Nil for targets whose costs are computed.
      public var tableSHA256: String?

      public init(
        id: String, evidence: Evidence? = nil, specSHA256: String, librarySHA256: String? = nil,
        confinement: String? = nil, tableSHA256: String? = nil
      ) {
        self.id = id
        self.evidence = evidence
        self.specSHA256 = specSHA256
        self.librarySHA256 = librarySHA256
        self.confinement = confinement
        self.tableSHA256 = tableSHA256
      }
    }

    public init(_ source: Source, programVersion: String = ProgramVersion.current) {
      self.source = source
      self.programVersion = programVersion
    }

    public static func target(_ target: Target) -> Provenance { Provenance(.target(target)) }

    public static func withoutHardware(_ name: String) -> Provenance {
      Provenance(.withoutHardware(name: name))
    }

    /// Nil when the costs are those of no hardware.
    public var target: Target? { if case .target(let target) = source { target } else { nil } }

    /// The target's id, or its substitute in messages.
    public var name: String {
      switch source {
      case .target(let target): target.id
      case .withoutHardware(let name): name
      }
    }
  }
}

extension CostTable.Provenance: Codable {
  private enum CodingKeys: String, CodingKey {
    case target, evidence, specSHA256, librarySHA256, confinement, tableSHA256, programVersion
  }

  /// What earlier programs wrote for the digest where there is no spec; studies keep such tables.
  private static let formerlyNoSpec: Set = ["", "none"]

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    programVersion = try container.decode(String.self, forKey: .programVersion)
    let name = try container.decode(String.self, forKey: .target)
    let spec = try container.decodeIfPresent(String.self, forKey: .specSHA256)
    guard let spec, !Self.formerlyNoSpec.contains(spec) else {
      source = .withoutHardware(name: name)
      return
    }
    source = .target(
      Target(
        id: name, evidence: try container.decodeIfPresent(Evidence.self, forKey: .evidence), specSHA256: spec,
        librarySHA256: try container.decodeIfPresent(String.self, forKey: .librarySHA256),
        confinement: try container.decodeIfPresent(String.self, forKey: .confinement),
        tableSHA256: try container.decodeIfPresent(String.self, forKey: .tableSHA256)))
  }

  /// Flat, the spec's digest absent where there is no hardware.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .target)
    try container.encode(programVersion, forKey: .programVersion)
    guard let target else { return }
    try container.encodeIfPresent(target.evidence, forKey: .evidence)
    try container.encode(target.specSHA256, forKey: .specSHA256)
    try container.encodeIfPresent(target.librarySHA256, forKey: .librarySHA256)
    try container.encodeIfPresent(target.confinement, forKey: .confinement)
    try container.encodeIfPresent(target.tableSHA256, forKey: .tableSHA256)
  }
}
