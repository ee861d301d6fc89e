import ArgumentParser
import DashboardArguments
import Testing

@Suite("Arguments of the dashboard")
struct DashboardArgumentsTests {
  @Test(
    "are the same after they went through the command line of the program that is started",
    arguments: [["run"], ["run", "--port", "0", "--host", "::1"], ["--port", "65535", "--", "--odd name"]])
  func roundTrip(words: [String]) throws {
    let arguments = try DashboardArguments.parse(words)
    let again = try DashboardArguments.parse(arguments.commandLine)
    #expect(again.study == arguments.study && again.host == arguments.host && again.port == arguments.port)
    #expect(arguments.study == (words.contains("--") ? "--odd name" : "run"))
  }

  @Test(
    "a port beyond 65535 and an empty address are refused",
    arguments: [
      (["run", "--port", "65536"], "--port must be 0 to 65535, not 65536."),
      (["run", "--host", ""], "--host must be an address, such as 127.0.0.1."),
    ])
  func refused(words: [String], message: String) {
    let error = #expect(throws: (any Error).self) { try DashboardArguments.parse(words) }
    #expect(error.map(DashboardArguments.message(for:)) == message)
  }
}
