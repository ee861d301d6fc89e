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

  @Test("with elevated rights nothing of the caller's environment counts, and each variable is named")
  func elevated() {
    let environment = [
      "HOME": "/home/u", "HAQ_TARGETS": "/x", "HAQ_ADD_TARGETS": "/y", "XDG_DATA_HOME": "/d",
      "XDG_DATA_DIRS": "/e",
    ]
    let path = SearchPath(environment: environment, program: "/opt/haq/bin/haq", privileges: .elevated)
    #expect(
      path.places.map(\.path) == [
        "/usr/local/share/haq/targets", "/usr/share/haq/targets", "/opt/haq/share/haq/targets",
      ])
    for name in ["HAQ_TARGETS", "HAQ_ADD_TARGETS", "XDG_DATA_HOME", "XDG_DATA_DIRS"] {
      #expect(path.notes.contains { $0.text.hasPrefix("\(name) is ignored") && $0.isWarning })
    }
  }

  @Test("a variable without effect is reported")
  func notes() {
    let both = SearchPath(environment: ["HAQ_TARGETS": "/x", "HAQ_ADD_TARGETS": "/y"], program: "/bin/haq")
    #expect(both.notes.contains { $0.text.hasPrefix("HAQ_ADD_TARGETS has no effect") && $0.isWarning })
    let relative = SearchPath(environment: ["XDG_DATA_DIRS": "/a:rel"], program: "/bin/haq")
    #expect(relative.notes.map(\.isWarning) == [false])
    #expect(relative.notes.first?.text.contains("names \"rel\", which is not absolute") == true)
  }

  @Test("a program in a build folder sees the checkout's specs last")
  func checkout() {
    let program = "/src/haq/.build/x86_64-unknown-linux-gnu/debug/haq"
    #expect(paths([:], program: program).last == "/src/haq/hardware-specs")
    #expect(!paths([:]).contains { $0.hasSuffix("hardware-specs") })
  }
}
