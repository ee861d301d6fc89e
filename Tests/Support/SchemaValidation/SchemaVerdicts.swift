import FixtureBuilding
public import Foundation

/// What a validator of the Python world says of JSON files by their JSON Schemas.
public enum SchemaVerdicts {
  /// Ignored by git, as the build is.
  private static let environment = "\(Places.package)/.build-schema"
  private static let scripts = "\(Places.package)/Tests/Support/SchemaValidation/Python"
  private static let specs = "\(Places.package)/hardware-specs/schema/haq.target-1.json"
  private static let documents = "\(Places.package)/docs/documents/schema"

  /// The validator could not run.
  public struct Failed: Error, CustomStringConvertible {
    var output: String
    public var description: String { "files cannot be validated by their schemas:\n\(output)" }
  }

  private static let prepared = Result {
    let run = try CompilerRun("\(scripts)/prepare", [environment])
    guard run.exitCode == 0 else { throw Failed(output: run.output) }
  }

  /// Why the schema of specs refuses each file of a folder, by name without `.json`; nil for those that it allows.
  public static func refusals(in folder: String) throws -> [String: String?] {
    try verdicts("validate.py", [specs, folder])
  }

  /// The same for specs that are in no file, in their order.
  public static func refusals(of documents: [Data]) throws -> [String?] {
    try inOrder(documents) { try refusals(in: $0) }
  }

  /// The same by another schema, such as `docs/schema/haq.launcher-1.json`.
  public static func refusals(of documents: [Data], by schema: String) throws -> [String?] {
    try inOrder(documents) { try verdicts("validate.py", ["\(Places.package)/\(schema)", $0]) }
  }

  /// Why documents are refused by the schemas that they name, in their order; nil for those that are allowed.
  ///
  /// - Parameter mustBeComplete: Refuses a document that lacks a key of its schema, too.
  public static func refusals(ofDocuments documents: [Data], mustBeComplete: Bool = false) throws -> [String?]
  {
    try inOrder(documents) { folder in
      try verdicts(
        "documents.py", [Self.documents, folder] + (mustBeComplete ? ["--complete"] : []))
    }
  }

  private static func verdicts(_ script: String, _ arguments: [String]) throws -> [String: String?] {
    try prepared.get()
    let run = try CompilerRun(
      "\(environment)/environment/bin/python", ["\(scripts)/\(script)"] + arguments)
    guard run.exitCode == 0 else { throw Failed(output: run.output) }
    var refusals: [String: String?] = [:]
    for line in run.output.split(separator: "\n") {
      let parts = line.split(separator: "\t", maxSplits: 1)
      guard parts.count == 2 else { throw Failed(output: run.output) }
      refusals.updateValue(parts[1] == "good" ? nil : String(parts[1]), forKey: String(parts[0]))
    }
    return refusals
  }

  private static func inOrder(
    _ documents: [Data], _ refusals: (String) throws -> [String: String?]
  ) throws -> [String?] {
    let folder = FileManager.default.temporaryDirectory.appending(path: "haq-schema-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (number, document) in documents.enumerated() {
      try document.write(to: folder.appending(path: "\(number).json"))
    }
    let refusals = try refusals(folder.path)
    return try documents.indices.map { number in
      guard let refusal = refusals["\(number)"] else { throw Failed(output: "\(number) has no verdict") }
      return refusal
    }
  }
}
