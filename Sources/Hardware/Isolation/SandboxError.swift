public import Core

/// Why a library's process can no longer be used, with what its author needs to find the fault.
public struct SandboxError: Error, Hashable, Sendable {
  /// `plugin haq.bismo 1.0.0`, or the library's path while its name is unknown.
  public var subject: String
  public var call: Call
  public var ending: Ending
  /// How far a batch had come, when it was one.
  public var progress: Progress?
  /// The end of what the library wrote to standard error.
  public var lastWords = ""

  /// What the library was doing.
  public enum Call: String, Hashable, Sendable {
    case start, load, create, evaluate, breakdown, components, resources, network, destroy, probe
  }

  /// What happened.
  public enum Ending: Hashable, Sendable {
    case cannotStart(reason: String)
    case signal(Int32)
    case exit(status: Int32)
    case timeout(seconds: Double)
    /// The library printed where only the program may.
    case standardOutput(text: String)
    /// An answer that no sandbox gives: the library wrote over memory that is not its own.
    case nonsense(problem: String)
    /// The library closed the descriptor by which its process answers.
    case closedChannel
    /// The sandbox could not be closed, or has no memory.
    case unable(reason: String)
  }

  /// Points that had a status, in the order in which they were asked about.
  public struct Progress: Hashable, Sendable {
    public var answered: Int
    public var total: Int
    /// The first point without a status; nil when all had one.
    public var next: Next?

    public struct Next: Hashable, Sendable {
      public var layer: String
      public var precision: Precision
    }
  }
}
