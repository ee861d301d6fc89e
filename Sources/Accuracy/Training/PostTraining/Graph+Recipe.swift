package import Core
package import Datasets
package import Networks

extension Graph {
  /// A graph of the same function that loses less when it is quantized, as far as the recipe has such steps.
  ///
  /// - Parameter images: Of the training split; those of `PostTrainingQuantization.images` are looked at.
  package func rewritten(by recipe: PostTrainingRecipe, on images: LabelledImages) throws -> Graph {
    let images = PostTrainingQuantization.images(of: images)
    return try recipe.steps.reduce(self) { graph, step in
      switch step {
      case .equalization: try graph.equalized()
      case .biasAbsorption: try graph.withBiasesAbsorbed(on: images)
      case .migration: try graph.migrated(on: images)
      case .channelClips, .learnedRounding, .biasCorrection: graph
      }
    }
  }
}
