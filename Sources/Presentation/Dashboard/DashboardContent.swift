/// What a dashboard shows. Asked by one task at a time.
public protocol DashboardContent: Sendable {
  /// Of the page.
  var title: String { get }
  /// How the fragments look, as CSS.
  var style: String { get }
  /// Another one whenever the fragments are others; asked twice a second, so it must be cheap.
  func version() throws -> String
  /// Everything below the title, in the order of the page.
  func fragments() throws -> [DashboardFragment]
  /// The fragment about one policy, by its number from 1; nil when there is none.
  func policy(_ number: Int) throws -> DashboardFragment?
}

/// A part of the page that is replaced as a whole.
public struct DashboardFragment: Hashable, Sendable {
  /// Its place on the page; letters only.
  public var name: String
  public var html: String

  public init(name: String, html: String) {
    self.name = name
    self.html = html
  }
}
