import Datasets
import Evaluation
import Networks
import Testing
import Training

@Suite struct TrainerTests {
  private let data = DataSplits(
    name: "brightness", training: .brightness(count: 192), validation: .brightness(count: 30, seed: 2),
    test: .brightness(count: 30, seed: 3))

  private func train(seed: UInt64, epochs: Int = 6) throws -> (graph: Graph, progress: [TrainingProgress]) {
    var progress: [TrainingProgress] = []
    let options = TrainingOptions(epochs: epochs, batchSize: 16, learningRate: 0.1, seed: seed)
    let graph = try Trainer(options: options, data: data).train(.residual) { progress.append($0) }
    return (graph, progress)
  }

  @Test("training learns an easy problem and reports every epoch")
  func learns() throws {
    let (graph, progress) = try train(seed: 1)
    #expect(progress.map(\.epoch) == Array(1...6))
    #expect(progress.allSatisfy { $0.epochs == 6 && $0.validation.samples == 30 })
    #expect(progress[5].trainingLoss < progress[0].trainingLoss)
    #expect(try FloatNetwork(graph).measure(data.test).accuracy > 0.9)
  }

  @Test("the last report is of the network that is returned")
  func lastReport() throws {
    let (graph, progress) = try train(seed: 2, epochs: 2)
    #expect(try FloatNetwork(graph).measure(data.validation).get() == progress[1].validation)
  }

  @Test("the same seed gives the same network, another seed another")
  func seeds() throws {
    let first = try train(seed: 3, epochs: 1)
    let second = try train(seed: 3, epochs: 1)
    #expect(first.graph == second.graph)
    #expect(first.progress == second.progress)
    #expect(try train(seed: 4, epochs: 1).graph != first.graph)
  }
}
