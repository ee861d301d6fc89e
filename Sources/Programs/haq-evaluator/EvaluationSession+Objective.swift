import Core
import DataRequests
import Datasets
import Evaluation
import EvaluatorArguments
import Foundation
import Quantization
import Training

extension EvaluationSession {
  /// What accuracy is called, where it is not the top-1 accuracy.
  var metric: String? { objective.metric }

  /// The network that is quantized: the float network, or one of the same function.
  func prepared(_ float: FloatNetwork) throws -> FloatNetwork {
    guard quantization.ptq.steps.contains(.equalization) else { return float }
    let network = try FloatNetwork(float.graph.equalized())
    equalized = network
    return network
  }

  /// Sentences for the person who measures.
  var notes: [String] {
    guard quantization.ptq != .none, quantization.quantizer == .linear else { return data.notes }
    let count = PostTrainingQuantization.images(of: calibrationImages).count
    return data.notes + [
      "ptq: \(quantization.ptq), on \(count) \(count == 1 ? "image" : "images") of the training split"
    ]
  }

  /// Computed once for the most images asked for.
  func referenceOutputs(
    of float: FloatNetwork, on images: LabelledImages, split: Split
  ) throws -> ReferenceOutputs {
    if let known = references[split], known.count >= images.count { return known }
    let reference = try float.referenceOutputs(on: images)
    references[split] = reference
    return reference
  }

  /// Images of a split with the classes that are right by the objective.
  func judged(_ images: LabelledImages, by float: FloatNetwork, _ split: Split) throws -> LabelledImages {
    guard !objective.needsLabels else { return images }
    return images.relabelled(by: try referenceOutputs(of: float, on: images, split: split))
  }

  /// A result on images of a split, as the objective has it: with the divergence told as an accuracy.
  ///
  /// Which samples are right says nothing of it, and is left out.
  func judged(_ result: EvaluationResult) -> EvaluationResult {
    guard objective == .divergence else { return result }
    return result.mapFigures { figures in
      // The float network does not diverge from itself.
      figures.accuracy = exp(-max(0, figures.divergence ?? 0))
      figures.correctSamples = nil
    }
  }

  /// The training split, with the classes that are right by the objective where the loss reads any.
  func judgedTraining(by float: FloatNetwork, for loss: FineTuningLoss?) throws -> LabelledImages {
    guard !objective.needsLabels, loss != .distillation else { return data.training }
    return data.training.relabelled(by: try float.referenceOutputs(on: data.training))
  }

  /// The same of all splits.
  func judgedData(by float: FloatNetwork, training loss: FineTuningLoss?) throws -> DataSplits {
    guard !objective.needsLabels else { return data }
    return DataSplits(
      name: data.name, notes: data.notes, training: try judgedTraining(by: float, for: loss),
      validation: try judged(data.validation, by: float, .validation),
      test: try judged(data.test, by: float, .test))
  }
}

extension LabelledImages {
  /// With the classes that the float network finds most likely.
  fileprivate func relabelled(by reference: ReferenceOutputs) -> LabelledImages {
    relabelled(Array(reference.classes.prefix(count)), classCount: reference.classCount)
  }
}
