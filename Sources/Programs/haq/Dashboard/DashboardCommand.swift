import ArgumentParser
import Dashboard
import Documents
import Foundation
import Studies

/// `haq dashboard`: a study as a page that follows it.
struct DashboardCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dashboard",
    abstract: "Serves a page that shows a study while it is written, until Ctrl-C.",
    discussion: """
      The page has accuracy and cost of every policy, the Pareto front, and bits, costs and roofline of the policy \
      that is chosen by a click on its point, by the arrow keys in a chart, or by its number. It fetches nothing from \
      elsewhere and only reads the study. Its address has a secret part, a new one each time; without it every \
      request is refused.

      Only this machine can see the page, unless --host names an address that others reach. For another machine, a \
      tunnel is better: ssh -L 8765:127.0.0.1:8765 MACHINE.

      Examples:
        haq dashboard edge-run
        haq dashboard edge-run --port 0

      Exit codes: 0 ended by Ctrl-C, 1 something failed, 64 the command line is wrong.
      """)

  @Argument(help: "A study: its file or its run folder.")
  var study: String

  @Option(help: "The address to listen on.")
  var host = "127.0.0.1"

  @Option(help: "The port to listen on; 0 takes a free one.")
  var port = 8765

  func validate() throws {
    guard (0...65535).contains(port) else { throw ValidationError("--port is from 0 to 65535, not \(port).") }
    guard !host.isEmpty else { throw ValidationError("--host is an address, such as 127.0.0.1.") }
  }

  func run() async throws {
    let content = StudyContent(dashboard: try StudyDashboard(try StudyPlaces.study(named: study)))
    if !isLoopback {
      FileHandle.standardError.write(
        Data(
          "warning: whoever reaches \(host) and knows the address can see the study, and it travels unencrypted.\n"
            .utf8))
    }
    let server = DashboardServer(host: host, port: port, token: DashboardToken(), content: content)
    try await server.run { address in
      let text = "\(address)\nCtrl-C ends the dashboard; a search goes on without it.\n"
      FileHandle.standardOutput.write(Data(text.utf8))
    }
  }

  private var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }
}
