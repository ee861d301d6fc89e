import ArgumentParser
import Diagnostics
import Documents
import EvaluatorArguments
import Foundation
import Networks

extension ExportedNetwork {
  /// Exports the network as the search had it, calibrated on the data of the search.
  ///
  /// - Parameter place: Where the folder is made.
  init(of found: SearchedNetwork, in place: URL) throws {
    let search = try SearchCommand.parse(found.start.arguments)
    guard search.evaluator.evaluator == nil else {
      throw Diagnostic(
        "the search has its own evaluator, and haq cannot export what that computes",
        at: .init(file: found.path),
        hint: "Export the network under policy.json of the run folder, and name the file with --exported.")
    }
    let size = search.size.inputSize.map { ["--input-size", "\($0.height)x\($0.width)"] } ?? []
    let here = FileManager.default.currentDirectoryPath
    guard FileManager.default.changeCurrentDirectoryPath(found.start.directory) else {
      throw Diagnostic(
        "the search was started in \(found.start.directory), which cannot be entered",
        at: .init(file: found.path),
        hint: "Name the exported network with --exported.")
    }
    defer { _ = FileManager.default.changeCurrentDirectoryPath(here) }
    try self.init(
      of: search.network.network, underText: found.policyText, size, calibratedOn: search.evaluator.data,
      in: place)
  }
}
