import Targets
import Testing

struct SearchPathTests {
  private func paths(_ environment: [String: String], program: String = "/opt/haq/bin/haq") -> [String] {
    SearchPath(environment: environment, program: program).places.map(\.path)
  }

  @Test("user data, system data, then beside the program")
  func defaults() {
    #expect(
      paths(["HOME": "/home/u"]) == [
        "/home/u/.local/share/haq/targets", "/usr/local/share/haq/targets", "/usr/share/haq/targets",
        "/opt/haq/share/haq/targets",
      ])
  }

  @Test("XDG variables replace the defaults; relative entries do not count")
  func xdg() {
    #expect(
      paths(["HOME": "/home/u", "XDG_DATA_HOME": "/d", "XDG_DATA_DIRS": "/a:rel:/b"]) == [
        "/d/haq/targets", "/a/haq/targets", "/b/haq/targets", "/opt/haq/share/haq/targets",
      ])
    #expect(paths(["HOME": "/home/u", "XDG_DATA_HOME": "rel"])[0] == "/home/u/.local/share/haq/targets")
  }

  @Test("HAQ_TARGETS replaces everything, HAQ_ADD_TARGETS comes first")
  func named() {
    #expect(
      paths(["HOME": "/home/u", "HAQ_TARGETS": "x:/y/z.json", "HAQ_ADD_TARGETS": "/w"]) == ["x", "/y/z.json"])
    #expect(
      paths(["HAQ_ADD_TARGETS": "/w:/v", "XDG_DATA_DIRS": "/a"]).prefix(3) == ["/w", "/v", "/a/haq/targets"])
  }

  @Test("a program in a build folder sees the checkout's specs last")
  func checkout() {
    let program = "/src/haq/.build/x86_64-unknown-linux-gnu/debug/haq"
    #expect(paths([:], program: program).last == "/src/haq/hardware-specs")
    #expect(!paths([:]).contains { $0.hasSuffix("hardware-specs") })
  }
}
