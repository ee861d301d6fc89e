import ArgumentParser
import Core
import DashboardArguments
import Diagnostics
import Foundation

/// `haq dashboard`: becomes the program `haq-dashboard`, which serves a study as a page.
struct DashboardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dashboard",
    abstract: "Serves a live page about a study, until Ctrl-C.",
    discussion: """
      The page shows the accuracy and cost of every policy, the Pareto front, and the bits, costs and roofline of one \
      policy; choose it with a click, the arrow keys or its number. The page uses no external resources, and haq only \
      reads the study. The address contains a new secret each time; haq refuses requests without it.

      By default only this machine can open the page. To open it from another machine, prefer a tunnel \
      (ssh -L 8765:127.0.0.1:8765 MACHINE) to --host with a public address.

      Examples:
        haq dashboard edge-run
        haq dashboard edge-run --port 0

      Exit codes: 0 ended by Ctrl-C, 1 an error, 64 a mistake in the command line.
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
