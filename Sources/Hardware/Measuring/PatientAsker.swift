public import Core
import CostPrograms

/// A point about which a program said nothing, and how it failed.
public struct UnansweredPoint: Hashable, Sendable {
  public var point: Point
  public var reason: String
}

/// Asks about many points of a program that may fail at some of them.
///
/// An error ends a request, and does not say at which point. So the points that were not answered are asked about in
/// two halves, until a request of one point fails: that point has no answer.
struct PatientAsker {
  let model: AnsweredProgram
  private(set) var unanswered: [UnansweredPoint] = []
  private var failuresInARow = 0

  /// A device that is gone fails at every point.
  static let mostFailuresInARow = 8

  init(model: AnsweredProgram) { self.model = model }

  /// Throws `CostProgramError` when more points in a row fail than a few, and what `onAnswer` throws.
  mutating func ask(
    _ points: [Point], question: (Point) -> CostQuestion, onAnswer: () throws -> Void
  ) throws {
    var requests = [points[...]]
    while let request = requests.popLast() {
      guard !request.isEmpty else { continue }
      var open = Set(request.indices)
      do {
        try model.ask(request.map(question)) { position, _ in
          open.remove(request.startIndex + position)
          failuresInARow = 0
          try onAnswer()
        }
      } catch let error as CostProgramError where error.mayBeOfOnePoint {
        let rest = open.sorted().map { request[$0] }
        if rest.count > 1 {
          requests += [rest[(rest.count / 2)...], rest[..<(rest.count / 2)]]
          continue
        }
        failuresInARow += 1
        guard failuresInARow <= Self.mostFailuresInARow else { throw error }
        unanswered += rest.map { UnansweredPoint(point: $0, reason: "\(error)") }
      }
    }
  }
}

extension CostProgramError {
  /// Whether another point may do better.
  fileprivate var mayBeOfOnePoint: Bool {
    switch self {
    case .refused, .failedRepeatedly, .died, .silent: true
    default: false
    }
  }
}
