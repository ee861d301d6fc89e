import Foundation
import Glibc
import StudyBuilding
import Testing

/// Who may ask, and how many at once.
struct ConnectionTests {
  @Test(
    "a request that names another machine is refused, whatever its token: names can be made to point here",
    arguments: [
      ("evil.example.com", false), ("evil.example.com:80", false), ("localhost.evil.example", false),
      ("127.0.0.1.evil.example", false), ("[evil]:80", false), ("", false),
      ("127.0.0.1", true), ("127.0.0.1:1", true), ("localhost:8000", true), ("LOCALHOST", true),
      ("[::1]:8000", true), ("192.168.1.7:80", true),
    ])
  func host(name: String, isAnswered: Bool) throws {
    let dashboard = try RunningDashboard()
    try dashboard.study.measure(weight: 8, activation: 8, accuracy: 0.75)
    let connection = try RawConnection(port: dashboard.port)
    try connection.send("/\(dashboard.token)/", headers: ["Connection: close"], host: name)
    let answer = try connection.readAll()
    #expect(answer.hasPrefix(isAnswered ? "HTTP/1.1 200 " : "HTTP/1.1 4"), "\(answer.prefix(200))")
    #expect(answer.contains("two &lt;layers&gt;") == isAnswered)
  }

  @Test("more idle connections than the dashboard may open files do not keep the page from anybody")
  func idle() throws {
    let dashboard = try RunningDashboard(openFiles: 64)
    try dashboard.study.measure(weight: 8, activation: 8, accuracy: 0.75)
    let page = try dashboard.events()
    // A request that never ends its head is one of them.
    let idle = try (0..<150).map { index in
      let connection = try RawConnection(port: dashboard.port)
      if index.isMultiple(of: 2) { try connection.send(text: "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nA: ") }
      return connection
    }
    let start = ContinuousClock.now
    #expect(try dashboard.answer("/\(dashboard.token)/").hasPrefix("HTTP/1.1 200 OK\r\n"))
    #expect(ContinuousClock.now - start < .seconds(5))
    // Who listens is not idle.
    try dashboard.study.measure(weight: 4, activation: 4, accuracy: 0.875)
    #expect(try page.read(to: "\n\n").contains("id: "))
    withExtendedLifetime(idle) {}
  }

  @Test("a connection without a request is closed after ten seconds")
  func closed() throws {
    let dashboard = try RunningDashboard()
    let start = ContinuousClock.now
    #expect(try RawConnection(port: dashboard.port).readAll() == "")
    #expect((.seconds(8)...(.seconds(18))).contains(ContinuousClock.now - start))
  }
}
