import ArgumentParser
import Core
import DashboardArguments
import Diagnostics
import Foundation

/// `haq dashboard`: becomes the program `haq-dashboard`, which serves a study as a page.
struct DashboardCommand: ParsableCommand {
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

  @OptionGroup var arguments: DashboardArguments

  func run() throws {
    let program = try Self.program()
    // The same process goes on as the other program, so Ctrl-C and the exit code are that program's.
    var words = ([program] + arguments.commandLine).map { strdup($0) } + [nil]
    execv(program, &words)
    throw Diagnostic("cannot start \(program): \(String(cString: strerror(errno))).")
  }

  private static func program() throws -> String {
    let (installation, name) = (RunningProgram.installation, "haq-dashboard")
    guard let program = installation.program(named: name) else {
      throw Diagnostic(
        "the program \(name), which serves the page, is missing. Looked at: "
          + installation.programs(named: name).joined(separator: ", ") + ".",
        hint: "Build it with: swift build -c release --product \(name)")
    }
    return program
  }
}
