import Evaluation
import Foundation

/// An evaluator of a few lines of shell; its file goes with this object.
final class FakeEvaluator {
  let folder: URL
  private var script: URL { folder.appending(path: "fake") }

  static let description = """
    {"id":1,"description":{"protocol":"haq.evaluator/1.2","program":"fake 1","network":"tiny",\
    "layers":["a","b"],"data":"none","training_samples":1,"validation_samples":7,"test_samples":3}}
    """

  /// - Parameter body: shell commands after the first request has been answered with `first`.
  init(first: String = description, _ body: String = "") throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "haq-evaluator-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    let text =
      "#!/bin/sh\ncd '\(folder.path)'\nread line; echo \"$line\" >> requests\necho '\(first)'\n\(body)\n"
    try Data(text.utf8).write(to: script)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script.path)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func start() throws -> EvaluatorProcess { try EvaluatorProcess(executable: script, arguments: ["--tiny"]) }

  /// The lines that the script wrote down.
  func requests() throws -> [String] {
    try String(contentsOf: folder.appending(path: "requests"), encoding: .utf8)
      .split(separator: "\n").map(String.init)
  }
}

/// The `EvaluatorError` that `body` throws, nil when it throws none.
func evaluatorError(_ body: () throws -> Void) throws -> EvaluatorError? {
  do {
    try body()
    return nil
  } catch let error as EvaluatorError {
    return error
  }
}
