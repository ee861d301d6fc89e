import Core
import Testing

@Suite struct InstallationTests {
  @Test("in a build folder everything is beside the program")
  func buildFolder() {
    let installation = Installation(program: "/src/.build/release/haq")
    #expect(installation.programs(named: "haq-sandbox").first == "/src/.build/release/haq-sandbox")
    #expect(installation.libraries(named: "libbismo.so").first == "/src/.build/release/libbismo.so")
  }

  @Test(
    "programs of bin and of libexec/haq see the same prefix",
    arguments: ["/opt/haq/bin/haq", "/opt/haq/libexec/haq/haq-evaluator"])
  func prefix(program: String) {
    let installation = Installation(program: program)
    #expect(installation.prefix == "/opt/haq")
    #expect(installation.programs(named: "haq-sandbox").last == "/opt/haq/libexec/haq/haq-sandbox")
    #expect(installation.libraries(named: "libbismo.so").last == "/opt/haq/lib/haq/libbismo.so")
    #expect(installation.data("targets") == "/opt/haq/share/haq/targets")
  }

  @Test("the root folder is a prefix")
  func root() {
    let installation = Installation(program: "/bin/haq")
    #expect(installation.folder == "/bin")
    #expect(installation.data("networks") == "/share/haq/networks")
  }
}
