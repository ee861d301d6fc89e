import Conversations
import Evaluation
import FixtureBuilding
import Foundation
import Testing

@Suite struct ProtocolPageTests {
  private let page: String

  init() throws { page = try String(contentsOfFile: Places.package + "/docs/evaluator.md", encoding: .utf8) }

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
        #expect(try MessageLine.encode(MessageLine.decode(EvaluatorRequest.self, from: line)) == line)
      } else {
        #expect(try MessageLine.encode(MessageLine.decode(EvaluatorReply.self, from: line)) == line)
      }
    }
  }

  @Test("the page says how often an evaluator is started again for a request")
  func restarts() {
    #expect(EvaluatorLaunch.mostRestarts == 2)
    #expect(page.contains("starts it again, at most twice for a request"))
    #expect(page.contains("at most 16 MiB (16,777,216 bytes)"))
  }

  @Test("every method, reply and error code has an example or a row")
  func completeness() throws {
    for method in ["describe", "evaluate", "train", "finetune", "quantize", "quit"] {
      #expect(lines.contains { $0.contains("\"method\":\"\(method)\"") })
    }
    for reply in ["description", "evaluation", "progress", "encodings", "done", "error"] {
      #expect(lines.contains { $0.contains("\"\(reply)\":") && !$0.contains("\"method\"") })
    }
    for code in [EvaluatorFailure.Code.malformed, .incompatible, .illegal, .failed] {
      #expect(page.contains("| `\(code.rawValue)` |"))
    }
    #expect(page.contains("# The evaluator protocol: `\(EvaluatorProtocol.version)`"))
  }
}
