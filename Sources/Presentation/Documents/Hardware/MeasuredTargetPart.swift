public import CostPrograms
public import Specs

/// Whose costs were measured: the spec and what its program says of itself.
public struct MeasuredTargetPart: Hashable, Sendable, Codable {
  public var id: String
  /// Of the spec's file.
  public var specSHA256: String
  /// Name and version of the cost program.
  public var program: String
  /// What the costs are of, in the program's words.
  public var device: String
  /// Versions of what the costs depend on, by name.
  public var software: [String: String]
  /// False for a program that computes costs.
  public var isMeasured: Bool

  private enum CodingKeys: String, CodingKey {
    case id, program, device, software
    case specSHA256 = "spec_sha256"
    case isMeasured = "is_measured"
  }

  public init(_ spec: TargetSpec, specSHA256: String, _ description: ProgramDescription) {
    id = spec.id
    self.specSHA256 = specSHA256
    (program, device) = (description.program, description.device)
    software = description.software ?? [:]
    isMeasured = description.measured
  }

  /// One line: `my-cpu (Intel Xeon, 2 threads; onnxruntime 1.24.1)`.
  var title: String {
    let versions = software.sorted { $0.key < $1.key }.map { " \($0.key) \($0.value)" }.joined(separator: ",")
    return "\(id) (\(device)\(versions.isEmpty ? "" : ";\(versions)"))"
  }
}
