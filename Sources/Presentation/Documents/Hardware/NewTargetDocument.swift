/// The folder of a new target, and what to do next: the result of `haq new target`.
public struct NewTargetDocument: Document {
  public static let schema: SchemaName = "haq.new-target/1.0"

  public var folder: String
  public var files: [String]
  /// The command that builds the library; absent when there is nothing to build.
  public var build: String?
  /// A network to try the target with.
  public var network: String

  public init(folder: String, files: [String], build: String?, network: String) {
    self.folder = folder
    self.files = files
    self.build = build
    self.network = network
  }

  /// For a terminal.
  public var text: String {
    let list = files.map { "  \(folder)/\($0)" }.joined(separator: "\n")
    let build = build.map { "Build it:\n  \($0)\n\n" } ?? ""
    let spec = "\(folder)/\(folder).json"
    return """
      Made \(folder):
      \(list)

      \(build)Then:
        haq check \(spec)
        haq cost \(network) --target \(spec)
        haq search \(network) --target \(spec) --latency 0.5x

      """
  }
}
