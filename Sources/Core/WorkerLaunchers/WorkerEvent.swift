/// What happened to a worker, beside its answers.
public struct WorkerEvent: Sendable {
  /// From 1.
  public var worker: Int
  public var kind: Kind

  public enum Kind: Sendable {
    /// It can be asked.
    ///
    /// - Parameter queueSeconds: How long it has waited to be run on another machine, in all.
    case up(WorkerHello?, queueSeconds: Double)
    /// It died while it was asked; the question is asked again.
    case died(any Error)
    /// It did not start, and is tried again.
    case notUp(any Error)
    /// It did not start, and is tried no more; the others go on.
    case givenUp(any Error)
  }

  public init(worker: Int, _ kind: Kind) { (self.worker, self.kind) = (worker, kind) }

  /// One sentence for people, without its full stop.
  public var text: String { kind.text(of: "worker \(worker)") }
}

extension WorkerEvent.Kind {
  /// One sentence for people about the program that `name` names, without its full stop.
  public func text(of name: String) -> String {
    switch self {
    case .up(let hello, let queueSeconds):
      let place = hello.map { hello in
        let details = [
          hello.job.isEmpty ? "" : "job \(hello.job)",
          hello.devices.isEmpty ? "" : "devices \(hello.devices)",
          "\((queueSeconds * 10).rounded() / 10) s in the queue",
        ]
        return " on \(hello.host) (\(details.filter { !$0.isEmpty }.joined(separator: ", ")))"
      }
      return "\(name) is up\(place ?? "")"
    case .died(let error): return "\(name) died and is started again: \(error)"
    case .notUp(let error): return "\(name) did not start and is tried again: \(error)"
    case .givenUp(let error): return "\(name) is given up: \(error)"
    }
  }
}
