import Evaluation

/// Gives every new question the lowest number that no other one has.
///
/// A search that is carried on comes by its questions in the same order, so what is missing gets the numbers that it
/// had before the interruption, although later questions may have been answered already.
struct EvaluationNumbers {
  private var taken: Set<Int>
  private var lowest = 1
  private var reserved: [EvaluationRequest: Int] = [:]

  init(taken: some Sequence<Int>) { self.taken = Set(taken) }

  /// The same number for the same question.
  @discardableResult
  mutating func reserve(for request: EvaluationRequest) -> Int {
    if let number = reserved[request] { return number }
    while taken.contains(lowest) { lowest += 1 }
    taken.insert(lowest)
    reserved[request] = lowest
    return lowest
  }
}
