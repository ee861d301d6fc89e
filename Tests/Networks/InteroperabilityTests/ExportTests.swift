import Core
import Datasets
import Documents
import Evaluation
import FixtureBuilding
import Foundation
import Networks
import ONNX
import Tensors
import Testing
import Training

/// What `haq export` writes, run by others.
@Suite("Exports run by onnxruntime and qonnx", .serialized)
final class ExportTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }
  private let samples = 1000

  init() throws {
    temporary = try TemporaryFolder()
  }

  private struct Failed: Error, CustomStringConvertible {
    var description: String
  }

  private func haq(_ arguments: String...) throws -> String {
    let run = try CompilerRun(Places.builtLibrary("haq"), arguments)
    guard run.exitCode == 0 else { throw Failed(description: run.output) }
    return run.output
  }

  /// Runs a script of the comparison's virtual environment and gives what it prints.
  private func python(_ script: String, _ arguments: String...) throws -> String {
    let environment = URL(filePath: try Comparison.networks.get()).deletingLastPathComponent()
    let run = try CompilerRun(
      environment.appending(path: "environment/bin/python").path, ["\(Places.package)/\(script)"] + arguments)
    guard run.exitCode == 0 else { throw Failed(description: run.output) }
    return run.output
  }

  /// A policy whose layers have every weight width from 2 to 8 and every activation width from 3 to 8.
  private func mixedPolicy(for network: String) throws -> (path: String, widths: [String: GivenWidths]) {
    let path = "\(folder)/policy.json"
    _ = try haq("policy", "uniform", network, "--bits", "W6A6", "--ends", "W8A8", "-o", path)
    var document =
      try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path))) as! [String: Any]
    var layers = document["layers"] as! [[String: Any]]
    var widths: [String: GivenWidths] = [:]
    for index in layers.indices {
      if (1..<layers.count - 1).contains(index) {
        // Few bits in a few layers, so that the accuracy stays far from chance.
        layers[index]["weight_bits"] = index == 5 ? 2 : 3 + index % 6
        layers[index]["activation_bits"] = 3 + (index + 2) % 6
      }
      widths[layers[index]["name"] as! String] = GivenWidths(
        weight: BitWidth(layers[index]["weight_bits"] as! Int),
        activation: BitWidth(layers[index]["activation_bits"] as! Int))
    }
    document["layers"] = layers
    try JSONSerialization.data(withJSONObject: document).write(to: URL(filePath: path))
    return (path, widths)
  }

  /// What the evaluator measures on the first test images; of a policy when one is among the arguments.
  private func measure(_ network: String, _ arguments: String...) throws -> EvaluationResult.Figures {
    let run = try CompilerRun(
      "/bin/sh",
      ["-c", #"exec "$0" "$@" 2>/dev/null"#, Places.builtLibrary("haq"), "evaluate", network]
        + ["--format", "json", "--samples", "\(samples)"] + arguments)
    guard run.exitCode == 0 else { throw Failed(description: run.output) }
    let results = try EvaluationDocument(json: run.output).results
    return results.policy ?? results.float
  }

  /// Scores of the first test images, computed by libtorch with the file's own quantizers.
  private func ourScores(_ file: String) throws -> [Float] {
    let network = try FloatNetwork(ONNX.read(file))
    let images = try FashionMNIST.load().test
    return try withoutGradients {
      try stride(from: 0, to: samples, by: 250).flatMap { start in
        let batch = try images.batch(at: start..<start + 250)
        return try network.scores(of: Tensor(batch.pixels, shape: batch.shape)).values()
      }
    }
  }

  private func theirScores(_ path: String) throws -> [Float] {
    try Data(contentsOf: URL(filePath: path)).withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
  }

  /// The share of images whose every score differs by less than a ten-thousandth of the largest score.
  private func agreement(_ ours: [Float], _ theirs: [Float]) throws -> Double {
    try #require(ours.count == theirs.count && ours.count.isMultiple(of: 10))
    let tolerance = 1e-4 * ours.map(abs).max()!
    let images = stride(from: 0, to: ours.count, by: 10)
    let alike = images.count { start in
      (start..<start + 10).allSatisfy { abs(ours[$0] - theirs[$0]) <= tolerance }
    }
    return Double(alike) / Double(ours.count / 10)
  }

  @Test("QCDQ has the policy's widths; onnxruntime, this program and the evaluator compute the same")
  func qcdq() throws {
    let network = "fashion-mobilenet-v2"
    let (policy, widths) = try mixedPolicy(for: network)
    let file = "\(folder)/qcdq.onnx"
    _ = try haq("export", network, "--policy", policy, "--as", "qcdq", "-o", file)
    #expect(try ONNX.read(file).givenWidths == widths)
    #expect(try python("Tests/Networks/InteroperabilityTests/Exports/check.py", file).hasPrefix("opset 13"))

    let expected = try measure(network, "--policy", policy)
    #expect(expected.accuracy > 0.5)
    // The file read back and run by libtorch is the same arithmetic.
    let readBack = try measure(file)
    #expect(readBack.accuracy == expected.accuracy && abs(readBack.loss - expected.loss) < 1e-6)

    let output = try python(
      "docs/examples/export/onnxruntime_accuracy.py", file, "--samples", "\(samples)", "--scores",
      "\(folder)/scores")
    let right = try #require(Int(output.prefix { $0.isNumber }))
    // 0.1 points.
    #expect(abs(Double(right) / Double(samples) - expected.accuracy) < 0.001 + 1e-9, "\(output)")
    // Sums in another order fall to the other side of a rounding tie now and then, which changes all scores of that image.
    #expect(try agreement(ourScores(file), theirScores("\(folder)/scores")) >= 0.9)
  }

  /// How often each operator is in the file as onnxruntime runs it with all optimizations.
  private func fusedOperators(_ file: String) throws -> [String: Int] {
    let output = try python("docs/examples/export/deploy.py", "nodes", file)
    return try JSONDecoder().decode([String: Int].self, from: Data(output.utf8))
  }

  @Test(
    "QDQ: onnxruntime runs every convolution, sum and product in integers, and computes what haq measures of the file",
    arguments: [
      // Counted in the architectures: Howard et al. (2017), table 1, and Sandler et al. (2018), table 2, as built here.
      ("fashion-mobilenet-v1", convolutions: 27, sums: 0),
      ("fashion-mobilenet-v2", convolutions: 52, sums: 10),
    ])
  func qdq(_ network: String, convolutions: Int, sums: Int) throws {
    let file = "\(folder)/\(network).onnx"
    // Weights of 8 bits overflow the 16-bit sums of processors without VNNI, which then compute something else.
    _ = try haq("export", network, "--bits", "W7A8", "--as", "qdq", "-o", file)
    let operators = try fusedOperators(file)
    #expect(
      operators["QLinearConv"] == convolutions && operators["Conv"] == nil && operators["FusedConv"] == nil)
    #expect(operators["QLinearAdd", default: 0] == sums && operators["QGemm"] == 1)

    let expected = try measure(file)
    #expect(expected.accuracy > 0.9)
    let output = try python("docs/examples/export/onnxruntime_accuracy.py", file, "--samples", "\(samples)")
    let right = try #require(Int(output.prefix { $0.isNumber }))
    // One image in a thousand.
    #expect(abs(Double(right) / Double(samples) - expected.accuracy) <= 0.001 + 1e-9, "\(output)")
  }

  @Test(
    "onnxruntime computes the same of transposed convolutions, with a scale for each output of each group")
  func transposedConvolutions() throws {
    let network = "\(try Comparison.networks.get())/torch_transposed.onnx"
    let (policy, file) = ("\(folder)/policy.json", "\(folder)/transposed.onnx")
    _ = try haq("policy", "uniform", network, "--bits", "W5A6", "-o", policy)
    _ = try haq("export", network, "--policy", policy, "--as", "qcdq", "-o", file)
    let widths = GivenWidths(weight: BitWidth(5), activation: BitWidth(6))
    let given = try ONNX.read(file).givenWidths
    #expect(given.count == 5 && Set(given.values) == [widths])
    let expected = try measure(network, "--policy", policy)
    #expect(abs(try measure(file).loss - expected.loss) < 1e-6)
    _ = try python(
      "docs/examples/export/onnxruntime_accuracy.py", file, "--samples", "\(samples)", "--scores",
      "\(folder)/scores")
    #expect(try agreement(ourScores(file), theirScores("\(folder)/scores")) >= 0.9)
  }

  @Test("QONNX has the policy's widths, and the qonnx package computes the same")
  func qonnx() throws {
    let network = "fashion-mobilenet-v1"
    let (policy, widths) = try mixedPolicy(for: network)
    let file = "\(folder)/qonnx.onnx"
    _ = try haq(
      "export", network, "--policy", policy, "--as", "qonnx", "--weight-scales", "tensor", "-o", file)
    #expect(try ONNX.read(file).givenWidths == widths)
    let expected = try measure(network, "--policy", policy, "--weight-scales", "tensor")
    #expect(abs(try measure(file).loss - expected.loss) < 1e-6)
    // Six images, by numpy's arithmetic; the widths as qonnx reads them, and every weight is rounded.
    let output = try python(
      "Tests/Networks/InteroperabilityTests/Exports/check.py", file, "\(folder)/scores", "6")
    let printed = output.split(separator: "\n").map(String.init)
    #expect(printed.first?.hasPrefix("opset 13") == true)
    for (name, given) in widths {
      #expect(printed.contains("\(name) W\(given.weight!) A\(given.activation!)"), "\(name)")
    }
    let ours = Array(try ourScores(file).prefix(60))
    #expect(try agreement(ours, theirScores("\(folder)/scores")) >= 5.0 / 6)
  }

  @Test("a PyTorch evaluator's weights, as they are and fine-tuned, have its accuracy in onnxruntime")
  func pyTorch() throws {
    let program = "/usr/bin/python3 '\(Places.package)/Sources/Programs/pytorch-evaluator/my_eval.py'"
    let evaluator = ["--bits", "W4A6", "--evaluator", program]
    let (network, tuned, file) = ("\(folder)/net.onnx", "\(folder)/tuned.onnx", "\(folder)/qcdq.onnx")
    // The evaluator writes its own network first; all widths that are exported come from it, too.
    let process = try EvaluatorProcess(EvaluatorLaunch(shellCommand: program))
    let wide = process.description.layers.map {
      WireEvaluation.LayerBits(layer: $0, precision: Precision("W16A16")!)
    }
    let job = FineTuningJob(
      epochs: 1, batchSize: 4000, learningRate: 1e-9, seed: 1, checkpoint: "\(folder)/first", output: network)
    try process.fineTune(job, policy: wide) { _ in }

    func onnxruntimeAccuracy() throws -> Double {
      let output = try python(
        "docs/examples/export/onnxruntime_accuracy.py", file, "--samples", "\(samples)", "--scores",
        "\(folder)/scores")
      return Double(try #require(Int(output.prefix { $0.isNumber }))) / Double(samples)
    }
    _ = try CompilerRun(
      Places.builtLibrary("haq"), ["export", network, "--as", "qcdq", "-o", file] + evaluator)
    let widths = try ONNX.read(file).givenWidths
    #expect(
      widths.count == 6 && Set(widths.values) == [GivenWidths(weight: BitWidth(4), activation: BitWidth(6))])
    let run = try CompilerRun(
      "/bin/sh",
      ["-c", #"exec "$0" "$@" 2>/dev/null"#, Places.builtLibrary("haq"), "evaluate", network]
        + ["--format", "json", "--samples", "\(samples)"] + evaluator)
    let expected = try #require(EvaluationDocument(json: run.output).results.policy)
    let plain = try onnxruntimeAccuracy()
    #expect(abs(plain - expected.accuracy) < 0.001 + 1e-9)

    let tuning = try CompilerRun(
      "/bin/sh",
      ["-c", #"exec "$0" "$@" 2>/dev/null"#, Places.builtLibrary("haq"), "finetune", network, "-o", tuned]
        + ["--epochs", "2", "--learning-rate", "0.01", "--format", "json"] + evaluator)
    let course = try FineTuningDocument(json: tuning.output)
    let kept = try #require(course.epochs.first { $0.epoch == course.keptEpoch }).validation
    _ = try CompilerRun(
      Places.builtLibrary("haq"),
      ["export", network, "--as", "qcdq", "-o", file, "--checkpoint", "\(tuned).checkpoint"] + evaluator)
    // Two splits of 1000 images: three standard deviations of their difference are 6 points.
    let after = try onnxruntimeAccuracy()
    #expect(abs(after - kept.accuracy) < 0.06)
    #expect(after > plain + 0.06)
  }

  @Test("learned clips of activations: onnxruntime has the accuracy of the epoch that was kept")
  func learnedClips() throws {
    // A thousand pictures to train with; the first thousand of the test split validate.
    let source = "/usr/share/datasets/fashion-mnist"
    for (name, part, count) in [("train", "train", 1000), ("test", "t10k", samples)] {
      let script = """
        (printf '\\000\\000\\010\\003\\000\\000\\003\\350\\000\\000\\000\\034\\000\\000\\000\\034'
         zcat \(source)/\(part)-images-idx3-ubyte.gz | tail -c +17 | head -c \(count * 784)) > \(folder)/\(name)-images
        (printf '\\000\\000\\010\\001\\000\\000\\003\\350'
         zcat \(source)/\(part)-labels-idx1-ubyte.gz | tail -c +9 | head -c \(count)) > \(folder)/\(name)-labels
        """
      #expect(try CompilerRun("/bin/sh", ["-c", script]).exitCode == 0)
    }
    let (network, file) = ("fashion-mobilenet-v2", "\(folder)/qcdq.onnx")
    let shared = [
      "--bits", "W4A4", "--data", "\(folder)/train-images,\(folder)/train-labels", "--validation-data",
      "\(folder)/test-images,\(folder)/test-labels",
    ]
    let tuning = try CompilerRun(
      "/bin/sh",
      ["-c", #"exec "$0" "$@" 2>/dev/null"#, Places.builtLibrary("haq"), "finetune", network, "--pact"]
        + ["--epochs", "1", "--format", "json", "-o", "\(folder)/tuned.onnx"] + shared)
    let course = try FineTuningDocument(json: tuning.output)
    let kept = try #require(course.epochs.first { $0.epoch == course.keptEpoch }).validation
    let export = try CompilerRun(
      Places.builtLibrary("haq"),
      ["export", network, "--as", "qcdq", "-o", file, "--checkpoint", "\(folder)/tuned.onnx.checkpoint"]
        + shared)
    try #require(export.exitCode == 0, "\(export.output)")
    let output = try python(
      "docs/examples/export/onnxruntime_accuracy.py", file, "--samples", "\(samples)", "--scores",
      "\(folder)/scores")
    let right = Double(try #require(Int(output.prefix { $0.isNumber }))) / Double(samples)
    #expect(kept.accuracy > 0.5)
    // 0.1 points, and one picture for ties that round otherwise.
    #expect(abs(right - kept.accuracy) < 0.002 + 1e-9)
  }
}
