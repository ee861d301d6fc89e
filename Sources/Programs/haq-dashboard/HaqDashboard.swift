import ArgumentParser
import Core
import Dashboard
import DashboardArguments
import Diagnostics
import Documents
import Foundation
import Studies

/// Serves the page of one study until it is interrupted. `haq dashboard` becomes this program, so that `haq`
/// links no web server.
@main
struct HaqDashboard: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "haq-dashboard",
    abstract: "Serves a live page about a study; haq dashboard starts it.",
    version: ProgramVersion.current)

  @OptionGroup var arguments: DashboardArguments

  static func main() async {
    _ = StandardStreams.openClosed()
    do {
      var command = try parse()
      try await command.run()
    } catch {
      guard exitCode(for: error) == .failure else { exit(withError: error) }
      let text = (error as? Diagnostic)?.description ?? "error: \(error)"
      _ = StandardStreams.write("\(text.visible)\n", to: STDERR_FILENO)
      Foundation.exit(1)
    }
  }

  mutating func run() async throws {
    let content = StudyContent(dashboard: try StudyDashboard(try StudyPlaces.study(named: arguments.study)))
    if !isLoopback {
      _ = StandardStreams.write(
        "warning: anyone who can reach \(arguments.host) and knows the address can see the study; the connection is not encrypted.\n",
        to: STDERR_FILENO)
    }
    let server = DashboardServer(
      host: arguments.host, port: arguments.port, token: DashboardToken(), content: content)
    try await server.run { address in
      let text = "\(address)\nCtrl-C ends the dashboard; the search continues without it.\n"
      // Without the address, nobody can open the page.
      guard StandardStreams.write(text, to: STDOUT_FILENO) else {
        _ = StandardStreams.write("error: cannot write the address to standard output.\n", to: STDERR_FILENO)
        Foundation.exit(1)
      }
    }
  }

  private var isLoopback: Bool {
    arguments.host == "localhost" || arguments.host == "::1" || arguments.host.hasPrefix("127.")
  }
}
