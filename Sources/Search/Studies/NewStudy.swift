/// What a study is made with.
public struct NewStudy: Sendable {
  /// The command line that started the search, without the program's name; resuming reads it again.
  public var arguments: [String]
  /// Where relative paths among the arguments start.
  public var directory: String
  public var facts: StudyFacts
  public var problem: StudyProblem
  public var documents: [StudyDocument: String]
  /// Answers of another study with the same accuracy facts.
  public var evaluations: [RecordedEvaluation]

  public init(
    arguments: [String], directory: String, facts: StudyFacts, problem: StudyProblem,
    documents: [StudyDocument: String] = [:],
    evaluations: [RecordedEvaluation] = []
  ) {
    self.arguments = arguments
    self.directory = directory
    self.facts = facts
    self.problem = problem
    self.documents = documents
    self.evaluations = evaluations
  }
}
