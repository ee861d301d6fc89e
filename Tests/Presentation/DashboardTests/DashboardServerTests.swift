import Foundation
import StudyBuilding
import Testing

/// What the server answers, asked over a socket.
struct DashboardServerTests {
  private let dashboard: RunningDashboard

  init() throws {
    dashboard = try RunningDashboard()
    try dashboard.study.measure(weight: 8, activation: 8, accuracy: 0.75)
  }

  private func own(_ path: String) -> String { "/\(dashboard.token)/\(path)" }

  @Test("the page shows the study without scripts, and loads its own script and style and nothing else")
  func page() throws {
    let page = try dashboard.answer(own(""))
    #expect(page.hasPrefix("HTTP/1.1 200 OK\r\n"))
    #expect(page.contains("<h1>two &lt;layers&gt; on board</h1>"))
    // Twice 8 + 8 bits in ms, to four digits.
    #expect(page.contains("<h2>Policy 1: 75.00 %, 32.00 ms, the best so far</h2>"))
    // The accuracy of the unquantized network is known only at the end, and nothing else stands in for it.
    #expect(!page.contains(">float<"))
    let sources = page.matches(of: /(?:src|href)="([^"]*)"/).map { String($0.1) }
    #expect(sources == ["data:,", "dashboard.css", "dashboard.js"])
    for (name, type) in [("dashboard.css", "text/css"), ("dashboard.js", "text/javascript")] {
      let file = try dashboard.answer(own(name))
      #expect(file.hasPrefix("HTTP/1.1 200 OK\r\n") && file.contains("\(type); charset=utf-8"))
      #expect(!file.contains("http:") && !file.contains("https:") && !file.contains("@import"))
    }
  }

  @Test("whoever does not know the token is refused, whatever is asked for and however it is written")
  func refused() throws {
    let token = dashboard.token
    let other = (token.first == "0" ? "1" : "0") + token.dropFirst()
    for path in [
      "/", "/\(other)/", "/\(other)/events", "/\(token.dropLast())/", "/\(token)0/", "/dashboard.js",
      "/?token=\(token)", "/x/\(token)/", "/../\(token)/", "/nothing",
    ] {
      let answer = try dashboard.answer(path)
      #expect(answer.hasPrefix("HTTP/1.1 403 Forbidden\r\n"), "\(path): \(answer.prefix(100))")
      #expect(!answer.contains(token) && !answer.contains("layers"), "\(path)")
    }
  }

  @Test("no path leads to a file, or past what is served")
  func noFiles() throws {
    for path in [
      "../../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "policies/../../../../etc/passwd",
      "policies/..%2F..%2Fetc%2Fpasswd", "/etc/passwd", "dashboard.js/../../Package.swift", "policies/2",
      "policies/0", "policies/x", "policies/-1", "policies/99999999999999999999", "study.haq",
    ] {
      let answer = try dashboard.answer(own(path))
      #expect(answer.hasPrefix("HTTP/1.1 404 Not Found\r\n"), "\(path): \(answer.prefix(100))")
    }
  }

  @Test("every answer, errors too, keeps the page to itself")
  func headers() throws {
    for path in [own(""), own("nothing"), own("policies/1"), own("events"), "/wrong/"] {
      let connection = try RawConnection(port: dashboard.port)
      try connection.send(path, headers: ["Origin: http://elsewhere.example"])
      let head = try connection.read(to: "\r\n\r\n").lowercased()
      for field in [
        "content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'",
        "frame-ancestors 'none'", "x-content-type-options: nosniff", "x-frame-options: deny",
        "referrer-policy: no-referrer", "cache-control: no-store",
        "cross-origin-resource-policy: same-origin",
      ] { #expect(head.contains(field), "\(path)") }
      #expect(!head.contains("access-control-") && !head.contains("unsafe-"), "\(path)")
    }
  }

  @Test("only reading is answered")
  func onlyReading() throws {
    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
      let answer = try dashboard.answer(own(""), method: method)
      #expect(
        answer.hasPrefix("HTTP/1.1 404") || answer.hasPrefix("HTTP/1.1 405"),
        "\(method): \(answer.prefix(100))")
    }
  }

  @Test("policies are answered by number, each with its own bits")
  func policies() throws {
    try dashboard.study.measure(weight: 2, activation: 3, accuracy: 0.5, isBest: false)
    // The points of the charts carry the numbers that are asked for.
    let page = try dashboard.answer(own(""))
    #expect(page.contains("data-policy=\"1\"") && page.contains("data-policy=\"2\""))
    let two = try dashboard.answer(own("policies/2"))
    #expect(two.contains("<h2>Policy 2: 50.00 %, 10.00 ms</h2>"))
    #expect(two.contains("<tr><td>first</td><td>pointwise</td><td>2</td><td>3</td>"))
    // The target states no traffic, which a roofline needs.
    #expect(two.contains("does not state traffic_bytes"))
    #expect(try dashboard.answer(own("policies/best")).contains("<h2>Policy 1: 75.00 %"))
  }
}
