public import Foundation

/// Where evaluators and cost programs run. An implementation puts the program of a scheduler that exists in front of a
/// command; it schedules nothing itself.
public protocol WorkerLauncher: Sendable {
  /// How workers with machines of their own, which come and go, are treated; nil where they share this one.
  var remote: RemoteTerms? { get }

  /// The command that starts a worker.
  ///
  /// - Parameters:
  ///   - command: The one that would start it here.
  ///   - name: What the scheduler lists it as: one word.
  func command(_ command: WorkerCommand, named name: String) -> WorkerCommand
}

/// What a worker runs: a program and its arguments.
public struct WorkerCommand: Hashable, Sendable {
  public var executable: URL
  public var arguments: [String]

  public init(executable: URL, arguments: [String]) {
    (self.executable, self.arguments) = (executable, arguments)
  }
}

/// Workers as child processes on this machine.
public struct LocalLauncher: WorkerLauncher {
  public var remote: RemoteTerms? { nil }

  public init() {}

  public func command(_ command: WorkerCommand, named name: String) -> WorkerCommand { command }
}
