import ConformanceProbes
import Glibc
import Isolation

/// Loads one library and answers for it, in a process that can do nothing else.
@main
struct HaqSandbox {
  static func main() {
    let server = SandboxServer(arguments: Array(CommandLine.arguments.dropFirst())) { request, plugin in
      Probe.run(request, on: plugin)
    }
    guard var server else {
      let text = "haq starts haq-sandbox; it does nothing on its own. See docs/threat-model.md.\n"
      // Through the descriptor: Swift does not let us touch the C library's stderr.
      _ = write(STDERR_FILENO, text, text.utf8.count)
      exit(64)
    }
    server.run()
  }
}
