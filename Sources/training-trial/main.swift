import Datasets
import Evaluation
import Foundation
import Networks
import Tensors
import Training

let name = CommandLine.arguments[1]
let epochs = Int(CommandLine.arguments[2])!
let rate = Double(CommandLine.arguments[3])!
try TorchRuntime.configure(threads: Int(CommandLine.arguments[4])!)
let full = try FashionMNIST.load()
let n = Int(CommandLine.arguments[5])!
let data = DataSplits(name: "x", training: full.training[0..<n], validation: full.validation[0..<min(10000,n)], test: full.test)
let start = Date()
let graph = try Trainer(options: .init(epochs: epochs, batchSize: Int(CommandLine.arguments[7])!, learningRate: rate, seed: 1), data: data)
  .train(Architecture.named(name)!) { progress in
    print(progress.epoch, progress.trainingLoss, progress.validation.accuracy, progress.validation.loss, Date().timeIntervalSince(start))
    fflush(nil)
  }
var dump: [String: [[Float]]] = [:]
for (k, v) in graph.weights { dump[k] = [v.weight, v.bias] }
try JSONEncoder().encode(dump).write(to: URL(fileURLWithPath: CommandLine.arguments[6]))
