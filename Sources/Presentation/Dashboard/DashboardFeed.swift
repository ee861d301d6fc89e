/// The newest state of the content, made once however many pages are open.
actor DashboardFeed {
  /// One state.
  struct Update: Sendable {
    var version: String
    var fragments: [DashboardFragment]
  }

  nonisolated let content: any DashboardContent
  private let clock = ContinuousClock()
  private var newest = Update(version: "", fragments: [])
  private var nextLook: ContinuousClock.Instant

  init(_ content: any DashboardContent) {
    self.content = content
    nextLook = clock.now
  }

  /// How often the content is asked whether it has changed.
  static let interval = Duration.milliseconds(500)

  /// The state now. The page shows what cannot be read, and requests it again.
  func update() -> Update {
    let start = clock.now
    guard start >= nextLook else { return newest }
    do {
      let version = try content.version()
      if version != newest.version {
        newest = Update(
          version: version,
          fragments: [DashboardFragment(name: Self.problem, html: "")] + (try content.fragments()))
      }
    } catch {
      newest = Update(
        version: "problem \("\(error)".hashValue)",
        fragments: [DashboardFragment(name: Self.problem, html: Self.paragraph(error))])
    }
    // A large study takes a while to draw; most of the processor stays with the search.
    nextLook = clock.now + max(Self.interval - .milliseconds(100), (clock.now - start) * 4)
    return newest
  }

  /// The fragment of one policy by its number, or of the best one; nil when there is none.
  func policy(_ number: String) throws -> DashboardFragment? {
    if number == "best" { return update().fragments.first { $0.name == "policy" && !$0.html.isEmpty } }
    return try Int(number).flatMap { try content.policy($0) }
  }

  static let problem = "problem"

  private static func paragraph(_ error: any Error) -> String {
    "<p class=\"warning\">\(DashboardPage.escaped("\(error)"))</p>"
  }
}
