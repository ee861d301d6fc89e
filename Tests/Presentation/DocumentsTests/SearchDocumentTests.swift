import Core
import Documents
import Evaluation
import Foundation
import PrecisionSearch
import SchemaValidation
import Testing

/// `report.json`, as it is written now and as studies of earlier programs hold it.
struct SearchDocumentTests {
  /// Written by the program of 2026-11-27, before there was a schema: a random search of eight policies on
  /// fashion-mobilenet-v1, with an evaluator that fails on two.
  private static func earlier() throws -> String {
    let url = try #require(Bundle.module.url(forResource: "report-before-schema", withExtension: "json"))
    return try String(contentsOf: url, encoding: .utf8)
  }

  /// The text with another value at a key of the top, or without the key.
  private static func changed(_ text: String, _ change: (inout [String: Any]) throws -> Void) throws -> String
  {
    var object = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    try change(&object)
    return String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
  }

  @Test("a report of an earlier program has everything in it, under today's names")
  func earlierReport() throws {
    let document = try SearchDocument(report: Self.earlier())
    #expect(document.network.name == "fashion-mobilenet-v1" && document.target.id == "bismo-zynq7020")
    #expect(document.method == "random" && document.episodes == 8 && document.ending == .completed)
    #expect(document.sensitivity.count == 0 && document.sensitivity.images == 0)
    #expect(document.layers.count == 28 && document.policy.precisions.count == 28)
    #expect(document.layers[0].weightBits == .eight && document.layers[0].cost[.latency] == 6.3e-05)
    #expect(document.budgets.map(\.eightBit) == [0.0025525650000000006])
    #expect(document.comparison?.bestUniform?.precision == "W8A4")
    #expect(document.comparison?.eightBit?.test?.figures?.accuracy == 0.9)
    #expect(document.failures?.map(\.reason) == ["exit status 9 (3 times)", "exit status 9 (3 times)"])
  }

  @Test("an earlier report of a search that was stopped has no comparison")
  func earlierStopped() throws {
    let text = try Self.changed(Self.earlier()) { report in
      report["ending"] = "stopped"
      for key in ["best_uniform", "uniform_8_bit"] { report[key] = nil }
      report["uniform_candidates"] = [Any]()
    }
    #expect(try SearchDocument(report: text).comparison == nil)
  }

  @Test("an earlier report's charged_as is costed_as")
  func chargedAs() throws {
    let text = try Self.changed(Self.earlier()) { report in
      var layers = try #require(report["layers"] as? [[String: Any]])
      layers[1]["charged_as"] = "W8A8"
      report["layers"] = layers
    }
    #expect(try SearchDocument(report: text).layers.prefix(2).map(\.costedAs) == [nil, "W8A8"])
  }

  @Test("a report is read when the target failed after the search, which left no cost of the policy")
  func targetFailed() throws {
    func withoutCost(_ report: inout [String: Any]) throws {
      var budgets = try #require(report["budgets"] as? [[String: Any]])
      budgets[0]["searched"] = nil
      report["budgets"] = budgets
    }
    let earlier = try SearchDocument(report: Self.changed(Self.earlier(), withoutCost))
    #expect(earlier.budgets.map(\.searched) == [nil])
    let now = try SearchDocument(report: Self.earlier()).json()
    #expect(try SearchDocument(report: Self.changed(now, withoutCost)).budgets.map(\.searched) == [nil])
  }

  @Test("what is written is read as the same, and a text that is no report is an error with its place")
  func roundTrip() throws {
    let document = try SearchDocument(report: Self.earlier())
    let text = try document.json()
    #expect(text.contains("\"schema\" : \"haq.search/1.2\""))
    #expect(try SearchDocument(report: text) == document)
    let broken = try Self.changed(text) { $0["seed"] = "one" }
    #expect(throws: DocumentError.self) { try SearchDocument(report: broken) }
    #expect(throws: DocumentError.self) { try SearchDocument(report: "{}") }
  }
}

/// Lines of `episodes.jsonl`.
struct EpisodeDocumentTests {
  private static func episode(_ origin: String) throws -> Episode {
    let text = """
      {"index":3,"origin":\(origin),"reward":-0.5,"isRepeated":false,"isBest":true,"measured":
      {"policy":{"precisions":[{"weight":8,"activation":8},{"weight":4,"activation":6}]},"cost":0.25,
      "result":{"accuracy":0.5,"loss":1,"samples":10}}}
      """
    return try JSONDecoder().decode(Episode.self, from: Data(text.utf8))
  }

  @Test("an episode is one line, which names its schema")
  func line() throws {
    let expected =
      #"{"cost":0.25,"index":3,"is_best":true,"is_repeated":false,"origin":"agent","policy":"W8A8 W4A6","#
      + #""reward":-0.5,"schema":"haq.episode/1.0","sigma":0.5,"validation":{"accuracy":0.5,"loss":1,"samples":10}}"#
      + "\n"
    #expect(try EpisodeDocument(Self.episode(#"{"agent":{"sigma":0.5}}"#)).line == expected)
  }

  @Test(
    "every origin has a word, and is read back",
    arguments: [
      (#"{"given":{}}"#, "given"), (#"{"random":{}}"#, "random"),
      (#"{"integerProgram":{}}"#, "integer_program"), (#"{"varied":{"sigma":1}}"#, "varied"),
      (#"{"greedy":{}}"#, "greedy"), (#"{"bred":{"generation":2}}"#, "bred"),
    ])
  func origins(origin: String, word: String) throws {
    let document = try EpisodeDocument(Self.episode(origin))
    #expect(document.origin.rawValue == word)
    #expect(try EpisodeDocument(json: document.line) == document)
  }

  @Test("lines are what the schema says, of measured, stopped and failed policies")
  func schema() throws {
    var documents = try ["{\"random\":{}}", "{\"bred\":{\"generation\":2}}", "{\"varied\":{\"sigma\":1}}"].map
    {
      try EpisodeDocument(Self.episode($0))
    }
    documents[1].validation = .stopped(.init(accuracy: 0.25, loss: 2, samples: 5))
    documents[2].validation = .failed("exit status 9")
    let refusals = try SchemaVerdicts.refusals(ofDocuments: documents.map { Data(try $0.line.utf8) })
    #expect(refusals == [nil, nil, nil])
  }
}
