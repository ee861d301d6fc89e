import Diagnostics
import Documents
import Evaluation
import Testing

struct AccuracyDocumentTests {
  private func epoch(_ epoch: Int, _ accuracy: Double) -> TrainingProgress {
    TrainingProgress(
      epoch: epoch, epochs: 2, trainingLoss: 1.5 / Double(epoch),
      validation: EvaluationResult.Figures(accuracy: accuracy, loss: 0.25, samples: 50))
  }

  @Test("an evaluation beside that of the float network")
  func evaluation() throws {
    var float = EvaluationResult.Figures(accuracy: 0.9266, loss: 0.2, samples: 1000)
    float.top5Accuracy = 0.99
    var policy = EvaluationResult.Figures(accuracy: 0.91, loss: 0.25, samples: 1000, divergence: 0.0125)
    policy.latency = 0.0577
    let document = EvaluationDocument(
      network: "small", data: "pictures", split: .test, results: .init(float: float, policy: policy))
    #expect(
      document.text == """
        small, test split of pictures

        weights         top-1    top-5    loss  divergence  samples
        ───────────────────────────────────────────────────────────
        32-bit float  92.66 %  99.00 %  0.2000                 1000
        policy        91.00 %           0.2500      0.0125     1000
        Measured latency: 57.70 ms

        """)
    #expect(try EvaluationDocument(json: document.json()) == document)
  }

  @Test("where the right samples are known, the difference has its paired standard error")
  func difference() throws {
    func figures(_ right: [Bool]) -> EvaluationResult.Figures {
      var figures = EvaluationResult.Figures(accuracy: 0.75, loss: 0.2, samples: 4)
      figures.correctSamples = CorrectSamples(right)
      return figures
    }
    let document = EvaluationDocument(
      network: "small", data: "pictures", split: .test,
      results: .init(
        float: figures([true, true, true, false]), policy: figures([true, true, false, true])))
    // One gained, one lost: 0, and sqrt(2 - 0) / 4.
    #expect(
      document.text.hasSuffix(
        "Policy less float, on the same samples, with one standard error: +0.00 ± 35.36 points\n"),
      "\(document.text)")
    #expect(document.results.difference?.standardError == 2.0.squareRoot() / 4)
    #expect(try EvaluationDocument(json: document.json()) == document)
    #expect(try !document.json().contains("correct_samples"))
  }

  @Test("the float network alone has no policy in the document")
  func floatAlone() throws {
    let document = EvaluationDocument(
      network: "small", data: "pictures", split: .validation,
      results: .init(float: EvaluationResult.Figures(accuracy: 0.5, loss: 1, samples: 2)))
    #expect(
      try document.json() == """
        {
          "data" : "pictures",
          "network" : "small",
          "results" : {
            "float" : {
              "accuracy" : 0.5,
              "loss" : 1,
              "samples" : 2
            }
          },
          "schema" : "haq.evaluation/1.0",
          "split" : "validation"
        }

        """)
  }

  @Test("a training has its options, its epochs and the test split")
  func training() throws {
    let document = TrainingDocument(
      network: "small", options: TrainingOptions(epochs: 2, batchSize: 64, seed: 3),
      epochs: [epoch(1, 0.5), epoch(2, 0.625)],
      test: EvaluationResult.Figures(accuracy: 0.6, loss: 1, samples: 10))
    #expect(
      document.text == """
        epoch  training loss  validation loss  validation accuracy
        ──────────────────────────────────────────────────────────
            1         1.5000           0.2500               50.0 %
            2         0.7500           0.2500               62.5 %
        test accuracy: 60.00 %

        """)
    let read = try TrainingDocument(json: document.json())
    #expect(read == document)
    #expect(try document.json().contains("\"label_smoothing\" : 0.1,"))
  }

  private func tuning(_ outcome: FineTuningOutcome, _ accuracies: Double...) -> FineTuningDocument {
    FineTuningDocument(
      network: "small", before: .init(accuracy: 0.4, loss: 1, samples: 50),
      epochs: accuracies.enumerated().map { epoch($0.offset + 1, $0.element) }, outcome: outcome)
  }

  @Test("a fine-tuning has what was before it, its epochs, and which of them was kept")
  func fineTuning() throws {
    let document = tuning(.init(keptEpoch: 1, learningRate: 0.00075), 0.5, 0.45)
    #expect(
      document.text == """
        epoch  training loss  validation loss  validation accuracy
        ──────────────────────────────────────────────────────────
            0                          1.0000              40.00 %
            1         1.5000           0.2500              50.00 %
            2         0.7500           0.2500              45.00 %
        The output has the weights of epoch 1.
        Peak learning rate: 0.00075

        """)
    #expect(try FineTuningDocument(json: document.json()) == document)
    var named = document
    named.accuracyMetric = "agreement"
    #expect(named.text.contains("validation loss  validation agreement"))
    let json = try document.json()
    for part in [#""training_loss" : 1.5,"#, #""kept_epoch" : 1,"#, #""learning_rate" : 0.00075,"#] {
      #expect(json.contains(part))
    }
    // Before 1.2 no epoch was named.
    let old = json.replacing(#"  "kept_epoch" : 1,"#, with: "").replacing("1.2", with: "1.1")
    #expect(try FineTuningDocument(json: old).keptEpoch == nil)
  }

  private func evaluator(_ version: String) -> EvaluatorDescription {
    var description = EvaluatorDescription(
      program: "p", network: "n", layers: ["a"], data: "d", trainingSamples: 1, validationSamples: 1,
      testSamples: 1)
    description.protocol = version
    return description
  }

  @Test(
    "a fine-tuning that gained nothing says so; an evaluator that keeps the last epoch is named where that is not the best"
  )
  func warnings() {
    func texts(_ version: String, _ document: FineTuningDocument) -> [String] {
      document.warnings(rate: 0.003, evaluator("haq.evaluator/\(version)")).map { $0.text(as: .warning) }
    }
    #expect(texts("1.5", tuning(.init(keptEpoch: 1), 0.5, 0.45)) == [])
    #expect(
      texts("1.5", tuning(.init(keptEpoch: 0, learningRate: 0.00075), 0.3)) == [
        "warning: fine-tuning gained nothing: no epoch is better than the network before it, whose validation accuracy is "
          + "40.00 %; the output is that network. Lower --learning-rate, which is 0.00075."
      ])
    #expect(texts("1.4", tuning(.init(), 0.45, 0.5)) == [])
    #expect(
      texts("1.4", tuning(.init(), 0.5, 0.45)) == [
        "warning: the output has the weights of the last epoch, with a validation accuracy of 45.00 %; epoch 1 is better, "
          + "with 50.00 %. The evaluator speaks haq.evaluator/1.4, which keeps the last epoch. Lower --learning-rate, which "
          + "is 0.003."
      ])
    #expect(
      texts("1.4", tuning(.init(), 0.3)).first?.contains("the network before fine-tuning is better") == true)
  }
}
