import ArgumentParser
import Diagnostics
import EvaluatorArguments
import Foundation
import Hashing
import Targets
import WorkerLaunchers

/// A network in the form in which a device runs it, as a file.
struct ExportedNetwork {
  /// Absolute.
  let path: String
  /// Of the file's bytes.
  let sha256: String
  /// What is to be removed with it; nil for a file of the user's.
  private let folder: URL?

  /// A file that the user names.
  init(existing file: String) throws {
    path = URL(filePath: file).absoluteURL.path
    sha256 = try InputFile.read(file, limit: .max - 1).sha256
    folder = nil
  }

  /// Exports a network as qdq to a folder of its own.
  ///
  /// - Parameters:
  ///   - options: Those of `haq export` that name the policy.
  ///   - place: Where the folder is made.
  init(
    of network: String, under options: [String], calibratedOn data: DataArguments, in place: URL
  ) throws {
    let folder = place.appending(path: "haq-measure-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    self.folder = folder
    path = folder.appending(path: "exported.onnx").path
    do {
      let export = try ExportCommand.parse([network, "--as", "qdq", "-o", path] + options + data.commandLine)
      _ = try export.write()
      sha256 = try InputFile.read(path, limit: .max - 1).sha256
    } catch {
      try? FileManager.default.removeItem(at: folder)
      throw error
    }
  }

  /// Exports a network under a policy whose text is in no file.
  init(
    of network: String, underText policy: String, _ options: [String] = [], calibratedOn data: DataArguments,
    in place: URL
  ) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "haq-policy-\(UUID().uuidString).json")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(policy.utf8).write(to: file)
    try self.init(of: network, under: ["--policy", file.path] + options, calibratedOn: data, in: place)
  }

  /// Where a file for the program of a target belongs: one on another machine sees the folder of its spec, and not the
  /// temporary files of this one.
  static func place(for target: Target) -> URL {
    target.programPlace.isHere
      ? FileManager.default.temporaryDirectory : URL(filePath: target.folder, directoryHint: .isDirectory)
  }

  /// Removes what was exported here; leaves a file of the user's alone.
  func remove() {
    if let folder { try? FileManager.default.removeItem(at: folder) }
  }
}
