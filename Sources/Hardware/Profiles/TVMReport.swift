import Core
import Diagnostics
import Foundation

/// A report of TVM's profiler, as `Report.json()` gives it: a call for each function, with the shapes and types of its
/// arguments. After TVM's documentation and the source of its profiler; no file made by TVM was at hand.
enum TVMReport {
  private struct Report: Decodable {
    var calls: [Call]

    struct Call: Decodable {
      var name: Text
      var shapes: Text?
      var duration: Duration

      private enum CodingKeys: String, CodingKey {
        case name = "Name"
        case shapes = "Argument Shapes"
        case duration = "Duration (us)"
      }
    }

    struct Duration: Decodable { var microseconds: Double }

    /// A text, which some versions write as `{"string": "..."}`.
    struct Text: Decodable {
      var value: String

      private enum CodingKeys: String, CodingKey { case string }

      init(from decoder: any Decoder) throws {
        if let text = try? decoder.singleValueContainer().decode(String.self) {
          value = text
        } else {
          value = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .string)
        }
      }
    }
  }

  /// Calls in the order of execution.
  static func operators(in bytes: Data, file: String) throws -> [ProfiledOperator] {
    let calls: [Report.Call]
    do { calls = try JSONDecoder().decode(Report.self, from: bytes).calls } catch {
      throw ProfileFormat.unreadable("a report of TVM's profiler", error, file)
    }
    return calls.filter { $0.duration.microseconds >= 0 && $0.duration.microseconds.isFinite }.map { call in
      let tensors = (call.shapes?.value).map(tensors) ?? []
      let shape = shape(of: call.name.value, tensors)
      return ProfiledOperator(
        name: call.name.value, type: kind(of: call.name.value)?.rawValue ?? "other",
        isLayer: kind(of: call.name.value) != nil && (tensors.isEmpty || shape != nil),
        shapes: shape.map { [$0] } ?? [], precision: shape == nil ? nil : precision(tensors),
        times: [call.duration.microseconds * 1e-6])
    }
  }

  private struct Tensor {
    var type: Substring
    var sides: [Int]
  }

  /// Such as `float32[1, 3, 224, 224], float32[64, 3, 7, 7]`: operands, then what is fused, and at the end the result.
  private static func tensors(_ text: String) -> [Tensor] {
    text.matches(of: /([a-z]+[0-9]*)\[([0-9, ]*)\]/).map { match in
      Tensor(
        type: match.1,
        sides: match.2.split(separator: ",").compactMap { Int($0.trimmingCharacters(in: .whitespaces)) })
    }
  }

  private enum Kind: String { case convolution, transposed, dense }

  /// Functions are named after the operators that are fused in them.
  private static func kind(of name: String) -> Kind? {
    if name.contains("conv2d_transpose") { return .transposed }
    if name.contains("conv2d") { return .convolution }
    return name.contains("dense") || name.contains("matmul") && !name.contains("batch_matmul") ? .dense : nil
  }

  private static func shape(of name: String, _ tensors: [Tensor]) -> ProfiledShape? {
    guard let kind = kind(of: name), tensors.count >= 3 else { return nil }
    let (input, weights) = (tensors[0].sides, tensors[1].sides)
    let output = tensors[tensors.count - 1].sides
    switch kind {
    case .dense: return ProfiledShape.products(input, output).first
    case .convolution, .transposed:
      guard let input = unblocked(input), let output = unblocked(output),
        let weights = unblockedWeights(weights)
      else { return nil }
      return ProfiledShape.window(
        input: input, weights: weights, output: output, axes: (channels: 1, height: 2, width: 3),
        isTransposed: kind == .transposed, isBlocked: false)
    }
  }

  /// NCHW as it is, and NCHWc with its blocks of channels together.
  private static func unblocked(_ sides: [Int]) -> [Int]? {
    guard sides.count == 5 else { return sides.count == 4 ? sides : nil }
    return product(sides[1], sides[4]).map { [sides[0], $0, sides[2], sides[3]] }
  }

  /// OIHW as it is, and OIHWio with its blocks together.
  private static func unblockedWeights(_ sides: [Int]) -> [Int]? {
    guard sides.count == 6 else { return sides.count == 4 ? sides : nil }
    guard let outputs = product(sides[0], sides[5]), let inputs = product(sides[1], sides[4]) else {
      return nil
    }
    return [outputs, inputs, sides[2], sides[3]]
  }

  private static func product(_ one: Int, _ other: Int) -> Int? {
    let (whole, overflow) = one.multipliedReportingOverflow(by: other)
    return overflow ? nil : whole
  }

  /// The types of the weights and of the input.
  private static func precision(_ tensors: [Tensor]) -> Precision? {
    guard let activation = width(tensors[0].type), let weight = width(tensors[1].type) else { return nil }
    return Precision(weight: weight, activation: activation)
  }

  private static func width(_ type: Substring) -> BitWidth? {
    guard let bits = type.firstMatch(of: /(float|bfloat|int|uint)([0-9]+)/).flatMap({ Int($0.2) }) else {
      return nil
    }
    return BitWidth(bits)
  }
}
