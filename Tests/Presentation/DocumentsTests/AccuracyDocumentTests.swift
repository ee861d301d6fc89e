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

  @Test("a fine-tuning has what was before it, and its epochs")
  func fineTuning() throws {
    let document = FineTuningDocument(
      network: "small", before: .init(accuracy: 0.4, loss: 1, samples: 50), epochs: [epoch(1, 0.5)]
    )
    #expect(
      document.text == """
        epoch  training loss  validation loss  validation accuracy
        ──────────────────────────────────────────────────────────
            1         1.5000           0.2500              50.00 %

        """)
    #expect(try FineTuningDocument(json: document.json()) == document)
    var named = document
    named.accuracyMetric = "agreement"
    #expect(named.text.contains("validation loss  validation agreement"))
    #expect(try document.json().contains("\"training_loss\" : 1.5,"))
  }
}
