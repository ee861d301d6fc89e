import Core
import FixtureBuilding
import Foundation
import Networks
import ONNX
import Testing

/// A folder with every file that examples name; each example runs in a copy of its own.
final class ExampleFolder: Sendable {
  let path: String

  /// Made once, by the first example that runs.
  static let prepared = Result { try ExampleFolder() }

  private static let place = NSTemporaryDirectory() + "/haq-examples-\(UUID().uuidString)"

  private init() throws {
    path = Self.place
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    atexit { try? FileManager.default.removeItem(atPath: ExampleFolder.place) }
    try TinyNetwork.write(to: "\(path)/tiny.onnx")
    try TinyNetwork.write(
      to: "\(path)/color.onnx", shape: TensorShape(channels: 3, height: 32, width: 32), channels: (16, 512))
    _ = try ScriptedEvaluator.write(to: path)
    try Data(MeasuredFolder.network.utf8).write(to: URL(filePath: "\(path)/my-layers.json"))
    let run = try ShellRun("\(Places.package)/Tests/Programs/CommandTests/Examples/prepare", in: path)
    guard run.exitCode == 0 else { throw Unprepared(run: run) }
  }

  struct Unprepared: Error, CustomStringConvertible {
    var run: ShellRun
    var description: String { "The script prepare ended with \(run.exitCode): \(run.errors)" }
  }

  /// Runs a command in a fresh copy, in which what it writes is not there yet and a policy is that of its network.
  func run(_ command: String) throws -> ShellRun {
    let copy = NSTemporaryDirectory() + "/haq-example-\(UUID().uuidString)"
    try FileManager.default.copyItem(atPath: path, toPath: copy)
    defer { try? FileManager.default.removeItem(atPath: copy) }
    for output in Self.outputs(of: command) { try Self.remove("\(copy)/\(output)") }
    let network = Self.policyNetworks.first { command.contains($0) } ?? Self.policyNetworks[0]
    for file in ["run/policy.json", "policy.json", "p.json"] where command.contains(file) {
      try Self.remove("\(copy)/\(file)")
      try FileManager.default.copyItem(atPath: "\(copy)/policies/\(network).json", toPath: "\(copy)/\(file)")
    }
    return try ShellRun(command, in: copy)
  }

  private static func remove(_ path: String) throws {
    if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
  }

  /// The networks that `prepare` makes a policy for.
  private static let policyNetworks = [
    "fashion-mobilenet-v1", "fashion-mobilenet-v2", "mobilenet_v2.onnx", "my-layers.json", "net.onnx",
  ]

  /// Files and folders that a command makes and does not replace.
  private static func outputs(of command: String) -> [String] {
    let words = command.split { " \n".contains($0) }.map(String.init)
    return zip(words, words.dropFirst()).flatMap { option, value in
      switch option {
      case "-o": [value, "\(value).checkpoint"]
      case "target": [value]
      case "--as-target": ["\(value).json"]
      default: [String]()
      }
    }
  }
}
