import Core
import Datasets
import Evaluation
import Foundation
import Networks
import NumberFormats
import Quantization
import Tensors
import Testing
import Training

/// Policies of formats that are no integers, and of layers that stay floats.
@Suite struct FormatPolicyTests {
  private let images = LabelledImages.brightness(count: 60)

  private func network(_ graph: Graph) throws -> (float: FloatNetwork, quantized: QuantizedNetwork) {
    let float = try FloatNetwork(graph)
    let scheme = QuantizationScheme(
      network: float, calibration: try ActivationCalibration(of: float, on: images),
      granularity: .perChannel)
    return (float, try QuantizedNetwork(float, scheme: scheme))
  }

  private func policy(_ precisions: String...) throws -> Policy {
    Policy(try precisions.map { try #require(Precision($0)) })
  }

  @Test("a policy of floats is the float network, to the bit")
  func floats() throws {
    let graph = try Graph.residual.withWeights()
    let networks = try network(graph)
    let all = try policy("W32A32", "W32A32", "W32A32", "W32A32", "W32A32")
    #expect(try networks.quantized.measure(all, on: images) == networks.float.measure(images))
  }

  @Test("every format is measured, alone and beside layers of integers and floats")
  func formats() throws {
    let graph = try Graph.residual.withWeights()
    let networks = try network(graph)
    let float = try networks.float.measure(images).get().loss
    for format in TensorQuantizer.formats where format.bits >= 8 {
      let pair = "\(format.formatName)/\(format.formatName)"
      let loss = try networks.quantized.measure(policy(pair, "W8A8", "W32A32", pair, "W32A8"), on: images)
        .get().loss
      #expect(abs(loss - float) < 0.2 * float, "\(pair)")
    }
    #expect(throws: QuantizationError.self) {
      try networks.quantized.measure(policy("W1A8", "W8A8", "W8A8", "W8A8", "W8A8"), on: images)
    }
  }

  /// One fully connected layer on two numbers of an image.
  private func single(_ weight: [Float], inputs: Int) throws -> Graph {
    var builder = GraphBuilder(
      name: "single", inputShape: TensorShape(channels: inputs, height: 1, width: 1))
    builder.classifier(classes: 3)
    var graph = builder.build()
    let layer = try #require(graph.nodes.first(where: \.isLayer)?.name)
    graph.weights[layer] = LayerWeights(weight: weight, bias: [0, 0, 0])
    return graph
  }

  private func numbers(_ count: Int, _ seed: UInt64) -> [Float] {
    (0..<count).map { Float(sin(Double($0) * 1.7 + Double(seed))) * Float($0 % 7 + 1) }
  }

  @Test(
    "what a layer multiplies lies on the grid of NumberFormats",
    arguments: ["mxfp4/mxfp8-e4m3", "nvfp4/bf16", "int4-g32/fp16", "mxfp6-e3m2/int8-g32", "fp16/mxfp4"])
  func grid(_ precision: String) throws {
    let pair = try #require(Precision(precision))
    let (inputs, weight) = (40, numbers(120, 1))
    let graph = try single(weight, inputs: inputs)
    let float = try FloatNetwork(graph)
    let pixels = (0..<8 * inputs).map { UInt8($0 * 37 % 251) }
    let data = LabelledImages(
      channels: inputs, height: 1, width: 1, classCount: 3, pixels: pixels,
      labels: (0..<8).map { Int32($0 % 3) })
    let scheme = QuantizationScheme(
      network: float, calibration: try ActivationCalibration(of: float, on: data), granularity: .perChannel)
    let quantized = try QuantizedNetwork(float, scheme: scheme)
    let rounded = try quantized.rounded(Policy([pair]))
    let name = try #require(float.network.layers.first?.name)
    let rows = (0..<3).map { Array(weight[$0 * inputs..<($0 + 1) * inputs]) }
    let format = try #require(pair.weight.format)
    let expected = format.round(rows: rows).flatMap(\.self)
    #expect(rounded.weights[name]?.weight.map(\.bitPattern) == expected.map(\.bitPattern))

    let activation = try #require(pair.activation.format)
    let images = (0..<8).map { image in
      pixels[image * inputs..<(image + 1) * inputs].map { Float($0) / 255 }
    }
    let products = activation.round(rows: images).map { image in
      (0..<3).map { row in
        zip(image, expected[row * inputs..<(row + 1) * inputs]).reduce(0.0) {
          $0 + Double($1.0) * Double($1.1)
        }
      }
    }
    // Cross-entropy with the labels of the data, by its definition.
    let losses = products.enumerated().map { index, scores in
      log(scores.reduce(0) { $0 + exp($1) }) - scores[index % 3]
    }
    let found = try quantized.measure(Policy([pair]), on: data).get().loss
    #expect(abs(found - losses.reduce(0, +) / 8) < 1e-4 * max(1, found))
  }

  @Test(
    "fine-tuning lowers the loss in each of the formats",
    arguments: ["int4-g32/bf16", "fp8-e4m3/bf16", "mxfp4/mxfp8-e4m3", "W32A32", "W4A32"])
  func training(_ precision: String) throws {
    let networks = try network(.residual.withWeights())
    let policy = Policy.uniform(try #require(Precision(precision)), layerCount: 5)
    let before = try networks.quantized.measure(policy, on: images).get().loss
    let tuned = try networks.quantized.measure(
      policy, fineTuned: FineTuning(samples: 1200, learningRate: 0.05, seed: 1), with: images, on: images
    ).get().loss
    #expect(tuned < before)
  }

  @Test("learned clips are those of integers; without any there is nothing to learn")
  func clips() throws {
    let networks = try network(.residual.withWeights())
    let mixed = try policy("W8A8", "int4-g32/bf16", "W8A4", "W32A32", "W8A8")
    #expect(try networks.quantized.beginTraining(mixed, clips: .learned).clips.count == 3)
    #expect(throws: QuantizationError.noIntegerActivations) {
      try networks.quantized.beginTraining(
        policy("W8A32", "W8A32", "W8A32", "W8A32", "bf16/bf16"), clips: .learned)
    }
  }
}
