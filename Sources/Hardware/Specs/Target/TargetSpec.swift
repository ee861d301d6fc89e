public import Core

/// What a spec file says about one target; the format is `docs/spec.md`.
public struct TargetSpec: Hashable, Sendable {
  /// Chosen by users; equal to the file name without `.json`.
  public var id: String
  public var name: String
  public var version: String
  public var summary: String
  /// Where the numbers come from; empty when all of them are assumptions.
  public var sources: [Source]
  /// How far the costs are from evidence; nil when the spec does not say.
  public var evidence: Evidence?
  /// Samples per inference that the target is specified at.
  public var batch: Int
  public var capabilities: Capabilities
  public var model: Model
  /// Leaves of the `parameters` object, keys sorted bytewise.
  public var parameters: [Parameter]
  /// Units and sources of parameters, by key, where the spec states them.
  public var parameterNotes: [String: ParameterNote]
  public var checks: [ReferencePoint]
  /// What `haq calibrate` may choose, by dotted key of a parameter.
  public var parameterRanges: [String: ParameterRange] = [:]
  /// Tables that `haq validate --all` compares the target with.
  public var referenceTables: [ReferenceTable] = []

  /// One publication or measurement.
  public struct Source: Hashable, Sendable {
    public var title: String
    public var url: String?
    public var doi: String?
    /// Which of the spec's numbers it supports.
    public var usedFor: String?
  }

  /// What a spec says about one of its parameters.
  public struct ParameterNote: Hashable, Sendable {
    public var unit: String?
    /// Where the number comes from.
    public var source: String?
  }

  /// What a target can run and which costs it states.
  public struct Capabilities: Hashable, Sendable {
    public var layers: [Layer.Kind]
    /// Of all kinds of layers, ascending, not empty.
    public var weightWidths: [BitWidth]
    public var activationWidths: [BitWidth]
    /// Which of these formats go together for which kinds of layers, what becomes of others, and the stated reference.
    public var widthRules: WidthRules
    /// The metrics that the target states, and how each adds up over layers; always has latency.
    public var aggregates: [Metric: Metric.Aggregate]

    /// The pair that relative budgets are shares of: what the spec states, else 8 bit.
    public var reference: Precision { widthRules.reference ?? .eight }

    /// The legal pairs of a kind of layer, by weights and then activations, ascending.
    public func pairs(of kind: Layer.Kind) -> [Precision] {
      legalPairs.filter { widthRules.allows($0, for: kind) }
    }

    /// The pairs that some kind of layer takes, by weights and then activations, ascending.
    public var legalPairs: [Precision] {
      weightWidths.flatMap { weight in
        activationWidths.map { Precision(weight: weight, activation: $0) }
      }.filter(widthRules.pairs.allows)
    }

    /// Whether integers and 32-bit floats are all that the target takes.
    public var isNumbersOfBits: Bool { (weightWidths + activationWidths).allSatisfy(\.isNumberOfBits) }
  }

  /// What computes the costs.
  public enum Model: Hashable, Sendable {
    case plugin(Plugin)
    case table(Table)
    case function(Functions)
    case program(Program)
    case predictor(PredictorFile)

    /// The shared library, for the kinds of model that have one.
    public var library: Library? {
      switch self {
      case .plugin(let plugin): plugin.library
      case .function(let functions): functions.library
      case .table, .program, .predictor: nil
      }
    }
  }

  /// A shared library behind the plugin ABI.
  public struct Plugin: Hashable, Sendable {
    public var library: Library
    public var abi: ABIVersion
    public var isolation: Isolation
  }

  /// Measured costs in a file.
  public struct Table: Hashable, Sendable {
    /// A bare file name, or a path inside the spec's folder; ends in `.csv` or `.npy`.
    public var file: String
    /// Lower-case hex; a file with another digest is refused.
    public var sha256: String?
    /// `Network.shapeSHA256` of the network that was measured; always there for `.npy`.
    public var networkSHA256: String?
    /// What the numbers of a `.npy` file are; nil for `.csv`.
    public var unit: Unit?
    /// Whether points between measured widths are interpolated rather than refused.
    public var isInterpolated: Bool

    public init(
      file: String, sha256: String?, networkSHA256: String?, unit: Unit?, isInterpolated: Bool
    ) {
      self.file = file
      self.sha256 = sha256
      self.networkSHA256 = networkSHA256
      self.unit = unit
      self.isInterpolated = isInterpolated
    }

    /// The unit of latencies.
    public enum Unit: String, Hashable, Sendable, CaseIterable {
      case cycles
      case seconds
    }
  }

  /// Bare C functions of a shared library, one for each metric of `capabilities`.
  public struct Functions: Hashable, Sendable {
    public var library: Library
    public var signatures: [Metric: FunctionSignature]
  }

  /// A program that speaks `docs/cost-programs.md`.
  public struct Program: Hashable, Sendable {
    /// The program and its arguments; not empty.
    public var command: [String]
    /// Seconds that it may send nothing while it is asked; nil for the program's own limit.
    public var timeoutSeconds: Double?

    public init(command: [String], timeoutSeconds: Double? = nil) {
      self.command = command
      self.timeoutSeconds = timeoutSeconds
    }
  }

  /// Costs that are predicted from measured layers; `haq fit` writes the file.
  public struct PredictorFile: Hashable, Sendable {
    /// A bare file name, or a path inside the spec's folder; ends in `.json`.
    public var file: String
    /// Lower-case hex; a file with another digest is refused.
    public var sha256: String?

    public init(file: String, sha256: String?) {
      self.file = file
      self.sha256 = sha256
    }
  }

  /// Which shared library a model needs.
  public struct Library: Hashable, Sendable {
    /// A bare file name, or a path inside the spec's folder.
    public var file: String
    /// The processor that the library was built for, when the spec says.
    public var architecture: Architecture?
    /// Lower-case hex; a library with another digest is refused.
    public var sha256: String?
    /// Seconds that one call may take in its own process; nil for the program's own limit.
    public var timeoutSeconds: Double?
    /// The digests of the libraries that it needs besides the system's.
    public var dependencies: [Dependency] = []

    /// A library that another one needs.
    public struct Dependency: Hashable, Sendable {
      /// By which the other one names it.
      public var name: String
      /// Lower-case hex; a file with another digest is refused.
      public var sha256: String
    }
  }

  /// Where a library's code runs.
  public enum Isolation: String, Hashable, Sendable, CaseIterable {
    /// In a separate process, which can do nothing but compute.
    case process
    /// In the program's process, if the user allows it.
    case inProcess = "in-process"
  }

  /// Processors that a library can be built for.
  public enum Architecture: String, Hashable, Sendable, CaseIterable {
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case x86_64
    case aarch64
  }

  /// A cost known from elsewhere, which the model must reproduce before it is used.
  public struct ReferencePoint: Hashable, Sendable {
    public var name: String
    public var layer: Layer
    /// Samples that the expected costs are for.
    public var batch: Int
    public var precision: Precision
    /// At what the layer's output is stored; nil is as its input.
    public var output: BitWidth?
    /// SI units, for the whole batch.
    public var expected: [Metric: Double]
    /// Largest relative error allowed.
    public var tolerance: Double
    public var source: String
  }

  /// Measured or published costs that the target should reproduce.
  public struct ReferenceTable: Hashable, Sendable {
    /// A path inside the spec's folder; the file may be absent where its licence does not let it travel.
    public var file: String
    /// Lower-case hex; a file with another digest is refused.
    public var sha256: String?
    /// Whose layers the table has, when the file does not say it by shapes.
    public var network: String?
    /// Samples that the costs are for, when the file does not say it.
    public var batch: Int?
    /// What a `.npy` file holds: `cycles` or `seconds`.
    public var numPyUnit: String?
    public var source: String
    /// The mean absolute percentage error that must be kept, in percent.
    public var maxMAPE: Double?
  }

  /// The number that `parameters` gives for `key`.
  public func number(_ key: String) -> Double? {
    guard case .number(let number) = parameters.first(where: { $0.key == key })?.value else { return nil }
    return number
  }
}
