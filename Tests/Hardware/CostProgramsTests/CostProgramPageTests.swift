import Conversations
import CostPrograms
import FixtureBuilding
import Foundation
import Testing

@Suite("The page of cost programs") struct CostProgramPageTests {
  private let page: String
  /// The page on one line.
  private let prose: String

  init() throws {
    page = try String(contentsOfFile: Places.package + "/docs/cost-programs.md", encoding: .utf8)
    prose = page.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// The lines inside fences marked as JSON.
  private var lines: [String] {
    var inside = false
    return page.split(separator: "\n", omittingEmptySubsequences: false).compactMap { line in
      if line.hasPrefix("```") {
        inside = line == "```json"
        return nil
      }
      return inside ? String(line) : nil
    }
  }

  @Test("every example line is a request or a reply, and is written that way by this program")
  func examples() throws {
    #expect(lines.count >= 10)
    for line in lines {
      if line.contains("\"method\"") {
        #expect(try MessageLine.encode(MessageLine.decode(CostRequest.self, from: line)) == line)
      } else {
        #expect(try MessageLine.encode(MessageLine.decode(CostReply.self, from: line)) == line)
      }
    }
  }

  @Test("every method, reply and error code has an example or a row")
  func completeness() {
    for method in ["describe", "cost", "network", "quit"] {
      #expect(lines.contains { $0.contains("\"method\":\"\(method)\"") })
    }
    for reply in ["description", "cost", "unsupported", "done", "error"] {
      #expect(lines.contains { $0.contains("\"\(reply)\":") && !$0.contains("\"method\"") })
    }
    for code in CostFailure.Code.allCases { #expect(page.contains("| `\(code.rawValue)` |")) }
    #expect(page.contains("# Cost programs: `\(CostProtocol.version)`"))
  }

  @Test("the page has this program's limits")
  func limits() {
    #expect(CostProgramLaunch.mostRestarts == 2)
    #expect(prose.contains("at most twice without an answer in between"))
    #expect(CostProgramLaunch.usualTimeoutSeconds == 600)
    #expect(prose.contains("(`timeout_s`, 600 s without it)"))
    #expect(CostProtocol.mostPoints == 1000)
    #expect(prose.contains("at most 1,000 points"))
    #expect(LineReader.longestLine == 16_777_216)
    #expect(prose.contains("at most 16 MiB (16,777,216 bytes)"))
  }

  @Test("the version of this page and later minors are understood, others not")
  func versions() {
    for version in ["haq.costs/1.0", "haq.costs/1.7"] {
      #expect(CostProtocol.isCompatible(with: version))
    }
    for version in ["haq.costs/2.0", "haq.costs/10.0", "haq.evaluator/1.0", "haq.costs/1", ""] {
      #expect(!CostProtocol.isCompatible(with: version))
    }
  }
}
