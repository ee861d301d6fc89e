import Core
import Glibc

extension SandboxError: CustomStringConvertible {
  public var description: String {
    let said = lastWords.isEmpty ? "" : " It last wrote to standard error: \(Self.quoted(lastWords))"
    return "\(subject) \(happening)\(position).\(advice)\(said)"
  }

  private var happening: String {
    let place = Self.place(of: call)
    return switch ending {
    case .cannotStart(let reason): "has no sandbox: \(reason)"
    case .signal(let number): "\(Self.meaning(of: number)) \(place)"
    case .exit(let status): "called exit(\(status)) \(place)"
    case .timeout(let seconds):
      "did not return \(call == .probe ? "" : "from \(call.rawValue) ")within \(Self.number(seconds)) s and was ended"
    case .standardOutput(let text): "is faulty: it wrote to standard output \(place): \(Self.quoted(text))"
    case .nonsense(let problem):
      "destroyed memory of its process \(place): the frame that came back \(problem)"
    case .closedChannel: "closed the descriptor by which its process answers \(place), and was ended"
    case .unable(let reason): "cannot be confined: \(reason)"
    }
  }

  private var position: String {
    // What was printed says more than when.
    if case .standardOutput = ending { return "" }
    guard let progress else { return "" }
    let count = "after it had answered \(progress.answered) of \(progress.total) points"
    guard let next = progress.next else { return ", \(count)" }
    return ", \(count); next is layer \"\(next.layer)\" at \(next.precision)"
  }

  private var advice: String {
    switch ending {
    case .timeout where call != .probe: " If it needs longer, raise model.timeout_s of the spec."
    case .exit: " A plugin must return its errors (docs/abi.md, H-19)."
    case .standardOutput: " That is the program's own (docs/abi.md, H-19)."
    default: ""
    }
  }

  private static func place(of call: Call) -> String {
    switch call {
    case .start: "before it was loaded"
    case .load: "while it was loaded"
    case .probe: "while it was checked"
    default: "in \(call.rawValue)"
    }
  }

  private static func meaning(of signal: Int32) -> String {
    switch signal {
    case SIGSEGV: "crashed (SIGSEGV: access to memory that is not there)"
    case SIGBUS: "crashed (SIGBUS: access to memory that is not there)"
    case SIGABRT: "aborted (SIGABRT)"
    case SIGFPE: "crashed (SIGFPE: an integer division by zero, or one that overflows)"
    case SIGILL, SIGTRAP: "crashed (signal \(signal): a trap, or an instruction that this processor lacks)"
    case SIGXCPU: "used more processor time than its limit"
    case SIGXFSZ: "wrote to a file (SIGXFSZ)"
    case SIGKILL: "was killed (SIGKILL), perhaps because the machine ran out of memory,"
    default: "was ended by signal \(signal)"
    }
  }

  /// One line, without what would confuse a terminal.
  private static func quoted(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isNewline).joined(separator: " / ")
    return "\"\(line.visibleLine.suffix(200))\""
  }

  private static func number(_ value: Double) -> String {
    value == value.rounded() && value < 1e9 ? "\(Int(value))" : "\(value)"
  }
}
