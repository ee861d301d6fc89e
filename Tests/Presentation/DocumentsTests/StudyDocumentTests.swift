import Core
import Documents
import Evaluation
import FixtureBuilding
import Foundation
import Studies
import StudyBuilding
import Testing
import WorkerLaunchers

/// Documents of studies, of a search over two layers whose latency is their bits in milliseconds.
struct StudyDocumentTests {
  private let folder: TemporaryFolder
  private let study: GrowingStudy

  init() throws {
    folder = try TemporaryFolder()
    study = try GrowingStudy(in: folder.path, facts: [.init(.search, "method", "random")])
    try study.measure(weight: 8, activation: 8, accuracy: 0.75)
    try study.measure(weight: 4, activation: 4, accuracy: 0.875)
    try study.measure(weight: 2, activation: 2, accuracy: 0.5, isBest: false)
  }

  @Test("a study in a list: counts, and the best policy's accuracy and cost")
  func list() throws {
    let document = StudyListDocument([try StudySummary(study.path)])
    let line = try #require(document.studies.first)
    #expect(line.evaluations == 3 && line.episodes == 3 && line.failedPolicies == 0)
    #expect(line.network == "two <layers>" && line.target == "board" && line.method == "random")
    #expect(line.bestAccuracy == 0.875 && line.bestCost == 0.016)
    #expect(line.bestSamples == 100)
    #expect(document.text.contains("  two <layers>  board   random         3  87.5 %  "))
    #expect(try StudyListDocument(json: document.json()) == document)
  }

  @Test("an empty list says how to make a study")
  func emptyList() {
    #expect(StudyListDocument([]).text == "No studies here. `haq search` makes one.\n")
  }

  @Test("a description has the command, the facts by what they decide, and the best policy")
  func description() throws {
    let document = try StudyDescriptionDocument(study.path)
    #expect(document.command == ["haq", "search", "two", "--target", "board"])
    #expect(document.bestPolicy == ["W4A4", "W4A4"])
    // Three evaluations of half a second.
    #expect(document.evaluatorSeconds == 1.5)
    #expect(
      document.text.contains("3 policies measured by the search, which has spent 75.0 % of 4 evaluations\n"))
    #expect(document.text.contains("3 evaluations recorded, 1.500 s of the evaluator: "))
    #expect(document.text.contains("Best policy so far, by 100 validation samples: 87.5 %\n  W4A4 W4A4\n"))
    #expect(document.text.contains("What decides cost:\n  target  board\n"))
    #expect(try StudyDescriptionDocument(json: document.json()) == document)
  }

  @Test("workers have a host, a rate, restarts and a time in the queue, in the description and both pages")
  func workers() throws {
    // Until here one evaluator on this machine answered, of which there is nothing to say.
    #expect(try StudyDescriptionDocument(study.path).workers?.map(\.evaluations) == [3])
    for text in [
      try StudyDescriptionDocument(study.path).text, try StudyReport(study.path).page(),
    ] {
      #expect(!text.contains("Workers"))
    }
    let place = WorkerPlace(
      hello: WorkerHello(host: "node<1>", job: "17.0", devices: "0,1"), restarts: 2, queueSeconds: 1.5)
    try study.measure(weight: 3, activation: 3, accuracy: 0.25, isBest: false, by: 2, at: place)
    let document = try StudyDescriptionDocument(study.path)
    let workers = try #require(document.workers)
    let host = try #require(document.sessions.first?.host)
    #expect(workers.map(\.session) == [1, 1] && workers.map(\.number) == [1, 2])
    #expect(workers.map(\.host) == [host, "node<1>"] && workers.map(\.job) == [nil, "17.0"])
    #expect(workers.map(\.evaluations) == [3, 1])
    // One of half a second is 120 a minute; three that were recorded at once are not many fewer.
    #expect(workers[1].evaluationsPerMinute == 120)
    #expect(workers[0].evaluationsPerMinute.map { (1...360).contains($0) } == true)
    // Of the first worker nobody said.
    #expect(workers.map(\.restarts) == [nil, 2] && workers.map(\.queueSeconds) == [nil, 1.5])
    #expect(try StudyDescriptionDocument(json: document.json()) == document)
    #expect(document.text.contains("\nWorkers:\nsession  worker  host "))
    let row = document.text.firstMatch(of: /node<1> \(job 17\.0, devices 0,1\) +1 +120\.0 +2 +1\.500 s\n/)
    #expect(row != nil, "\(document.text)")
    let cells =
      "<td>node&lt;1&gt; (job 17.0, devices 0,1)</td><td>1</td><td>120.0</td><td>2</td><td>1.500 s</td>"
    #expect(try StudyReport(study.path).page().contains(cells))
    let status = try #require(try StudyDashboard(study.path).fragments().first { $0.name == "status" }?.html)
    #expect(status.contains("<td>node&lt;1&gt; (job 17.0, devices 0,1)</td>"), "\(status)")
    #expect(status.contains("<td>500.0 ms</td><td>500.0 ms</td><td>2</td><td>1.500 s</td>"), "\(status)")
    #expect(status.contains("<td>\(host)</td>"))
  }

  @Test("a comparison has the facts that differ, the best policies, and whether accuracies compare")
  func comparison() throws {
    let otherFolder = try TemporaryFolder()
    let other = try GrowingStudy(
      in: otherFolder.path,
      facts: [.init(.search, "method", "ddpg"), .init(.accuracy, "data", "elsewhere")])
    let document = StudyComparisonDocument([try StudySummary(study.path), try StudySummary(other.path)])
    #expect(document.differences.map(\.name) == ["method", "data"])
    #expect(document.differences.map(\.values) == [["random", "ddpg"], [nil, "elsewhere"]])
    #expect(document.policies == [["W4A4", "W4A4"], nil])
    #expect(!document.shareAccuracy)
    #expect(document.text.hasSuffix("what decides them (see the rows above).\n"))
    #expect(try StudyComparisonDocument(json: document.json()) == document)
  }

  @Test("a comparison of accuracies on other samples states both counts")
  func unlikeSamples() throws {
    let otherFolder = try TemporaryFolder()
    let other = try GrowingStudy(in: otherFolder.path, samples: 200)
    try other.measure(weight: 8, activation: 8, accuracy: 0.75)
    let alike = StudyComparisonDocument([try StudySummary(study.path), try StudySummary(study.path)])
    #expect(!alike.text.contains(" samples"))
    let document = StudyComparisonDocument([try StudySummary(study.path), try StudySummary(other.path)])
    #expect(document.text.contains("87.5 % of 100 samples"))
    #expect(document.text.contains("75.0 % of 200 samples"))
  }

  @Test("curves have a row for each policy, and the best so far")
  func curves() throws {
    #expect(
      SearchCurves(try StudyRecords(study.path).episodes()).csv == """
        policy,accuracy,best_accuracy,loss_nats,cost,best_cost,reward,sigma
        1,0.75,0.75,1.0,0.032,0.032,0.0,
        2,0.875,0.875,1.0,0.016,0.016,0.0,
        3,0.5,0.875,1.0,0.008,0.016,0.0,

        """)
  }

  @Test("the table of evaluations has a row for each, with its costs and policy")
  func evaluations() throws {
    let rows = EvaluationTable(try StudyRecords(study.path).evaluations()).csv.split(separator: "\n")
    #expect(rows.count == 4)
    #expect(
      rows[0] == "number,ended_at,duration_s,worker,split,samples,accuracy,loss_nats,divergence_nats,"
        + "finetune_samples,finetune_rate,finetune_seed,latency_s,policy,failure")
    #expect(
      rows[2].hasPrefix("2,") && rows[2].hasSuffix(",0.5,1,validation,100,0.875,1.0,,,,,0.016,W4A4 W4A4,"))
  }
}
