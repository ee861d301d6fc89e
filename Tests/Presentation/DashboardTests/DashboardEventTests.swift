import FixtureBuilding
import Foundation
import StudyBuilding
import Testing

/// A page follows a study that is being written.
struct DashboardEventTests {
  private let dashboard: RunningDashboard

  init() throws { dashboard = try RunningDashboard() }

  /// The id and the fragments of the next event.
  private func next(_ stream: RawConnection) throws -> (id: String, fragments: [String: String]) {
    let event = try stream.read(to: "\n\n")
    let match = try #require(event.firstMatch(of: /id: (.*)\ndata: (.*)\n\n/))
    let fragments = try JSONDecoder().decode([String: String].self, from: Data(match.2.utf8))
    return (String(match.1), fragments)
  }

  @Test("from the first policy on, every one that is recorded is an event with what it changes")
  func grows() throws {
    let stream = try dashboard.events()
    let nothing = try next(stream).fragments
    #expect(nothing["summary"]?.contains("No policy has been measured yet.") == true)
    #expect(nothing["front"] == "" && nothing["policy"] == "" && nothing["problem"] == "")
    #expect(nothing["status"]?.contains("<dd>running</dd>") == true)
    try dashboard.study.measure(weight: 8, activation: 8, accuracy: 0.75)
    // An answer and its episode are two transactions, between which the page may look.
    var one = try next(stream)
    if one.fragments["front"] == nil { one = try next(stream) }
    #expect(one.fragments["front"]?.contains("data-policy=\"1\"") == true)
    #expect(one.fragments["policy"]?.contains("Policy 1: 75.00 %, 32.00 ms") == true)
    try dashboard.study.measure(weight: 2, activation: 2, accuracy: 0.5, isBest: false)
    var two = try next(stream)
    if two.fragments["front"] == nil { two = try next(stream) }
    #expect(two.fragments["front"]?.contains("data-policy=\"2\"") == true)
    #expect(two.fragments["status"]?.contains("50.0 % of 4 evaluations") == true)
    // The best policy and the problems are as they were.
    #expect(two.fragments["policy"] == nil && two.fragments["problem"] == nil)

    // A reader who comes back gets everything when it has missed something, else only what comes.
    let late = try dashboard.events(["Last-Event-ID: \(one.id)"])
    #expect(try next(late).id == two.id)
    let upToDate = try dashboard.events(["Last-Event-ID: \(two.id)"])
    try dashboard.study.measure(weight: 4, activation: 4, accuracy: 0.875)
    let three = try next(upToDate)
    #expect(three.id != two.id && three.fragments["problem"] == nil)
  }

  @Test("a study that goes away is reported on the page")
  func problem() throws {
    let stream = try dashboard.events()
    _ = try next(stream)
    try dashboard.removeStudy()
    #expect(try next(stream).fragments["problem"]?.contains("there is no study here") == true)
  }

  @Test("Ctrl-C ends the server, also while somebody listens")
  func interrupted() throws {
    _ = try next(try dashboard.events())
    let listener = try dashboard.events()
    _ = try next(listener)
    #expect(dashboard.interrupt() == 0)
  }
}
