import Core
import Documents
import Evaluation
import PrecisionSearch
import Rendering
import StudyBuilding
import Testing

struct ParetoDocumentTests {
  private func measured(_ policy: [Int], cost: Double, accuracy: Double, loss: Double) -> MeasuredPolicy {
    MeasuredPolicy(
      policy: self.policy(policy), cost: cost,
      result: EvaluationResult(accuracy: accuracy, loss: loss, samples: 100))
  }

  private func policy(_ bits: [Int]) -> Policy {
    Policy(bits.map { Precision(weight: BitWidth($0)!, activation: BitWidth($0)!) })
  }

  /// Two limits, the looser one first; the tighter one's policy is found again within the looser one.
  private func sweep(in space: SearchSpace) throws -> ParetoSweep.Result {
    let cheap = measured([4, 4], cost: 0.016, accuracy: 0.8, loss: 0.5)
    let better = measured([8, 4], cost: 0.024, accuracy: 0.85, loss: 0.4)
    let wide = measured([8, 8], cost: 0.032, accuracy: 0.7, loss: 0.9)
    let broken = MeasuredPolicy(policy: policy([2, 2]), cost: 0.008, result: .failed("exit status 9"))
    var sweep = ParetoSweep.Result(
      reference: EvaluationResult.Figures(accuracy: 0.9, loss: 0.3, samples: 100))
    sweep.searched = [
      (try Budget(.latency, .absolute(0.024), in: space), [better, cheap, broken]),
      (try Budget(.latency, .absolute(0.016), in: space), [cheap, broken]),
    ]
    sweep.uniform = [cheap, wide].map { .init(precision: $0.policy[0], measured: $0) }
    return sweep
  }

  private func document() throws -> ParetoDocument {
    let space = try SearchSpace(try GrowingStudy.table(), pinning: .none)
    return ParetoDocument(try sweep(in: space), of: .latency, in: space, data: "pictures", seed: 7)
  }

  @Test("each policy once a kind, under its tightest limit, with its share of uniform 8 bit's 32 ms")
  func csv() throws {
    #expect(
      try document().csv == """
        kind,budget,latency_s,of_8_bit,accuracy,loss,dominated,policy
        searched,0.016,0.016,0.5,0.8,0.5,no,W4A4 W4A4
        searched,0.024,0.024,0.75,0.85,0.4,no,W8A8 W4A4
        uniform,,0.016,0.5,0.8,0.5,no,W4A4 W4A4
        uniform,,0.032,1.0,0.7,0.9,yes,W8A8 W8A8

        """)
  }

  @Test("the table leaves out dominated points, and names a failed policy once")
  func text() throws {
    #expect(
      try document().text == """
        two <layers> on board, batch 1, pictures, seed 7
        4 policies measured on 100 validation samples; 1 dominated one is in the files.
        32-bit float: 90.00 %

        kind           latency  of 8 bit  validation  found within
        ──────────────────────────────────────────────────────────
        searched      16.00 ms    0.500x     80.00 %      16.00 ms
        searched      24.00 ms    0.750x     85.00 %      24.00 ms
        ──────────────────────────────────────────────────────────
        uniform W4A4  16.00 ms    0.500x     80.00 %
        The evaluator failed on these, which are no points:
          W2A2 W2A2: exit status 9

        """)
  }

  @Test("what the evaluator names is the title of its column and its axis")
  func metric() throws {
    var document = try document()
    document.accuracyMetric = "agreement"
    #expect(document.text.contains("of 8 bit  validation agreement  found within"))
    #expect(document.chart.file.contains(">agreement, 100 validation samples<"))
    #expect(try document.json().contains("\"accuracy_metric\" : \"agreement\","))
  }

  @Test("the picture says how many samples its accuracies are of")
  func picture() throws {
    #expect(try document().chart.file.contains(">top-1 accuracy, 100 validation samples<"))
  }

  @Test("a document reads as it was written")
  func roundTrip() throws {
    let document = try document()
    #expect(try ParetoDocument(json: document.json()) == document)
  }
}
