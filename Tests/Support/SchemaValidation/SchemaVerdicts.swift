import FixtureBuilding
import Foundation

/// What a validator of the Python world says of specs by the JSON Schema in hardware-specs/schema.
enum SchemaVerdicts {
  /// Ignored by git, as the build is.
  private static let environment = "\(Places.package)/.build-schema"
  private static let scripts = "\(Places.package)/Tests/Hardware/SpecsTests/Python"
  private static let schema = "\(Places.package)/hardware-specs/schema/haq.target-1.json"

  struct Failed: Error, CustomStringConvertible {
    var output: String
    var description: String { "specs cannot be validated by the schema:\n\(output)" }
  }

  private static let prepared = Result {
    let run = try CompilerRun("\(scripts)/prepare", [environment])
    guard run.exitCode == 0 else { throw Failed(output: run.output) }
  }

  /// Why the schema refuses each file of a folder, by name without `.json`; nil for those that it allows.
  static func refusals(in folder: String) throws -> [String: String?] {
    try prepared.get()
    let run = try CompilerRun(
      "\(environment)/environment/bin/python", ["\(scripts)/validate.py", schema, folder])
    guard run.exitCode == 0 else { throw Failed(output: run.output) }
    var refusals: [String: String?] = [:]
    for line in run.output.split(separator: "\n") {
      let parts = line.split(separator: "\t", maxSplits: 1)
      guard parts.count == 2 else { throw Failed(output: run.output) }
      refusals.updateValue(parts[1] == "good" ? nil : String(parts[1]), forKey: String(parts[0]))
    }
    return refusals
  }

  /// The same for documents that are in no file, in their order.
  static func refusals(of documents: [Data]) throws -> [String?] {
    let folder = FileManager.default.temporaryDirectory.appending(path: "haq-specs-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (number, document) in documents.enumerated() {
      try document.write(to: folder.appending(path: "\(number).json"))
    }
    let refusals = try refusals(in: folder.path)
    return try documents.indices.map { number in
      guard let refusal = refusals["\(number)"] else { throw Failed(output: "\(number) has no verdict") }
      return refusal
    }
  }
}
