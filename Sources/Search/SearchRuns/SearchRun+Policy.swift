import Core
import Documents
import Evaluation
import PrecisionSearch
import Specs

extension SearchRun {
  /// `policy.json` for a policy, with its costs on the first target.
  ///
  /// - Parameter test: The result on the test split, which the document states in place of the validation split's.
  func policyDocument(_ measured: MeasuredPolicy, test: EvaluationResult? = nil) throws(NetworkCostFailure)
    -> PolicyDocument
  {
    let tested = test?.figures
    let table = problem.space.table
    let resources = problem.budgets.map(\.resource) + [problem.resource]
    let metrics = Set(resources.filter { $0.target == 0 }.map(\.metric))
    return PolicyDocument(
      measured.policy, for: table.network,
      target: table.provenance.target.map { .init(id: $0.id, specSHA256: $0.specSHA256) },
      cost: try table.totals(of: measured.policy).filter { metrics.contains($0.key) },
      accuracy: (tested ?? measured.result.figures).map {
        .init(
          top1: $0.accuracy, loss: $0.loss, samples: $0.samples, split: tested == nil ? "validation" : "test")
      }, quantizers: quantization?.quantizers)
  }
}
