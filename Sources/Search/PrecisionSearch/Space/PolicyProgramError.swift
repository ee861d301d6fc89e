public import Core
import IntegerPrograms

/// Why a program over policies gives none.
public enum PolicyProgramError: Error {
  /// No policy is within all constraints, or none was found.
  case infeasible
  /// The solver ended without an answer, and why.
  case unsolved(String)
  /// The target does not say what the network costs.
  case network(NetworkCostFailure)

  init(_ error: IntegerProgramError) {
    switch error {
    case .infeasible: self = .infeasible
    case .unsolved(let reason): self = .unsolved(reason)
    }
  }
}

extension PolicyProgramError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .infeasible: "\(IntegerProgramError.infeasible)"
    case .unsolved(let reason): "\(IntegerProgramError.unsolved(reason))"
    case .network(let failure): "\(failure)"
    }
  }
}
