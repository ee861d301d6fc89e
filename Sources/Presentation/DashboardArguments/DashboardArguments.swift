public import ArgumentParser

/// The command line of the dashboard, the same for `haq dashboard` and for the program `haq-dashboard` that it starts.
public struct DashboardArguments: ParsableArguments {
  @Argument(help: "Study: its file or its run folder.")
  public var study: String

  @Option(help: ArgumentHelp("Address to listen on.", valueName: "address"))
  public var host = "127.0.0.1"

  @Option(help: ArgumentHelp("Port to listen on, 0 to 65535; 0 chooses a free one.", valueName: "port"))
  public var port = 8765

  public init() {}

  public func validate() throws {
    guard (0...65535).contains(port) else { throw ValidationError("--port must be 0 to 65535, not \(port).") }
    guard !host.isEmpty else { throw ValidationError("--host must be an address, such as 127.0.0.1.") }
  }

  /// The same arguments as words of a command line.
  public var commandLine: [String] { ["--host", host, "--port", "\(port)", "--", study] }
}
