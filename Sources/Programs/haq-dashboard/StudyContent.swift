import Dashboard
import Documents

/// The dashboard of a study, as the server asks for it.
struct StudyContent: DashboardContent {
  let dashboard: StudyDashboard

  var title: String { dashboard.title }
  var style: String { dashboard.style }

  func version() throws -> String { try dashboard.version() }

  func fragments() throws -> [DashboardFragment] { try dashboard.fragments().map(Self.fragment) }

  func policy(_ number: Int) throws -> DashboardFragment? {
    try dashboard.policy(number).map(Self.fragment)
  }

  private static func fragment(_ fragment: StudyDashboard.Fragment) -> DashboardFragment {
    DashboardFragment(name: fragment.name, html: fragment.html)
  }
}
