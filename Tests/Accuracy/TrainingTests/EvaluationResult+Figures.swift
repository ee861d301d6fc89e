import Evaluation

/// The figures of a policy that was measured; a test that meets another answer ends here.
extension EvaluationResult {
  var accuracy: Double { figures!.accuracy }
  var loss: Double { figures!.loss }
  var samples: Int { figures!.samples }
}
