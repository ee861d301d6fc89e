import Foundation
import Networks
import ONNX
import Testing

@Suite("The same numbers as onnxruntime", .serialized)
struct FloatAgreementTests {
  /// A part of an output's largest number; float rounding in another order is about 1e-6.
  private let tolerance: Float = 1e-4

  private func expectAgreement(_ name: String) throws {
    let folder = try Comparison.networks.get()
    let graph = try ONNX.read("\(folder)/\(name).onnx")
    let difference = try Comparison.difference(of: graph, named: name, in: folder)
    #expect(difference < tolerance, "\(name) differs by \(difference)")
  }

  @Test(
    "what is written of a network computes the same",
    arguments: [
      "shufflenet_v2_x0_5", "vision_transformer", "lraspp", "convolutions", "lines", "pooling", "movements",
      "resizing", "elements", "quantized", "form_resize_axes_21",
      "form_resize_cubic_half_pixel_symmetric_1_smaller_21",
      "form_resize_nearest_align_corners_ceil_smaller_21", "form_slice_backwards_21",
      "form_thresholded_relu_21", "form_round_21", "form_reduceprod_1_21", "form_average_pool_dilated_1_21",
      "form_attention_boolean_mask_25", "dynamo_attention", "dynamo_decoder", "keras_export",
      "torch_transposed",
    ])
  func written(_ name: String) throws {
    let folder = try Comparison.networks.get()
    let graph = try ONNX.decode(ONNX.encode(ONNX.read("\(folder)/\(name).onnx")), file: "written")
    #expect(try Comparison.difference(of: graph, named: name, in: folder) < tolerance)
  }

  @Test(
    "networks of torchvision, from opset 9 to 17",
    arguments: [
      "squeezenet1_1", "mobilenet_v2", "mnasnet0_5", "resnet18", "shufflenet_v2_x0_5", "mobilenet_v3_small",
      "mobilenet_v3_large", "regnet_x_400mf", "regnet_y_400mf", "efficientnet_b0", "densenet121", "googlenet",
      "inception_v3", "resnext50_32x4d", "convnext_tiny", "swin_t", "efficientnet_v2_s", "maxvit_t",
      "vision_transformer", "lraspp", "shufflenet_fixed_batch",
    ])
  func torchvision(_ name: String) throws { try expectAgreement(name) }

  @Test(
    "the light models that the onnx package has",
    arguments: [
      "bvlc_alexnet", "densenet121", "inception_v1", "inception_v2", "resnet50", "shufflenet", "squeezenet",
      "vgg19", "zfnet512",
    ])
  func light(_ name: String) throws { try expectAgreement("light_\(name)") }

  @Test(
    "operators and forms of other writers",
    arguments: [
      "convolutions", "lines", "pooling", "movements", "resizing", "elements", "keras", "quantized",
      "computed_weights", "halves", "sample_numbers",
    ])
  func forms(_ name: String) throws { try expectAgreement(name) }

  @Test("what the exporters of today write: PyTorch's dynamo, Keras itself, and tf2onnx")
  func exporters() throws {
    let vision = ["bert", "convnext", "swin"].flatMap { ["dynamo_\($0)_batch", "dynamo_\($0)_one"] }
    let others = ["keras_export", "tf2onnx", "torch_transposed"]
    for name in ["dynamo", "dynamo_attention", "dynamo_decoder"] + others + vision {
      try expectAgreement(name)
    }
  }

  @Test("every operator in the form of its time", arguments: [9, 11, 13, 17, 18, 21, 25, 28])
  func opsets(_ opset: Int) throws {
    let folder = try Comparison.networks.get()
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasPrefix("form_") && $0.hasSuffix("_\(opset).onnx") }.map { String($0.dropLast(5)) }
      .sorted()
    // export_opsets.py writes more, the younger the opset is.
    #expect(names.count >= 85, "\(names.count) forms")
    for name in names { try expectAgreement(name) }
  }

  @Test("ONNX's own tests of its operators: what is read computes ONNX's results")
  func nodeTests() throws {
    let folder = "\(try Comparison.networks.get())/../node-tests"
    // Its results are stated in four digits.
    let rounded = ["averagepool_2d_ceil_last_window_starts_on_pad"]
    // ONNX aligns the corners of 2.4 positions where there are 2; onnxruntime, like us, of the 2.
    let disputed = [
      "resize_downsample_scales_cubic_align_corners", "resize_downsample_scales_linear_align_corners",
    ]
    var agreeing = 0
    for file in try FileManager.default.contentsOfDirectory(atPath: folder) where file.hasSuffix(".onnx") {
      let name = String(file.dropLast(5))
      // What is not supported is refused by the reader.
      guard !disputed.contains(name), let graph = try Self.graph("\(folder)/\(file)") else { continue }
      let difference = try Comparison.difference(of: graph, named: name, in: folder)
      #expect(difference < (rounded.contains(name) ? 1e-3 : tolerance), "\(name) differs by \(difference)")
      agreeing += 1
    }
    // Of the 710 that the pinned onnx has; another number is another reader.
    #expect(agreeing == 303)
  }

  private static func graph(_ path: String) throws -> Graph? {
    do { return try ONNX.read(path) } catch is ONNXError { return nil }
  }
}
