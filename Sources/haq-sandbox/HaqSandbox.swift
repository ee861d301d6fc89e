import Glibc
import Isolation

/// Loads one library and answers for it, in a process that can do nothing else.
@main
struct HaqSandbox {
  static func main() {
    // Through the descriptor: Swift does not let us touch the C library's stderr.
    guard var server = SandboxServer(arguments: Array(CommandLine.arguments.dropFirst())) else {
      let text = "haq-sandbox is started by haq, and of no use otherwise. See docs/threat-model.md.\n"
      _ = write(STDERR_FILENO, text, text.utf8.count)
      exit(64)
    }
    server.run()
  }
}
