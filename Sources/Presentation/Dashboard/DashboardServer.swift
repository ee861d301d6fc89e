import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// A web server for one dashboard. Every address begins with the token; nothing is read from files.
public struct DashboardServer: Sendable {
  private let host: String
  private let port: Int
  private let token: DashboardToken
  private let feed: DashboardFeed

  /// - Parameter port: 0 for any free one.
  public init(host: String, port: Int, token: DashboardToken, content: any DashboardContent) {
    self.host = host
    self.port = port
    self.token = token
    feed = DashboardFeed(content)
  }

  /// Serves until the process is interrupted or the task cancelled; throws `DashboardError`.
  ///
  /// - Parameter whenRunning: Is given the address of the page.
  public func run(whenRunning: @escaping @Sendable (String) -> Void) async throws {
    var logger = Logger(label: "haq.dashboard")
    logger.logLevel = .critical
    let (host, token) = (host, token)
    let application = Application(
      router: router,
      configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
      onServerRunning: { channel in
        let name = host.contains(":") ? "[\(host)]" : host
        whenRunning("http://\(name):\(channel.localAddress?.port ?? 0)/\(token)/")
      }, logger: logger)
    do {
      try await application.runService()
    } catch is CancellationError {
    } catch {
      throw DashboardError(error, host: host, port: port)
    }
  }

  private var router: Router<BasicRequestContext> {
    let feed = feed
    let router = Router()
    router.add(middleware: SecurityHeaders())
    router.add(middleware: TokenCheck(token: token))
    let page = router.group(RouterPath("/\(token)"))
    page.get("/") { _, _ in
      let update = await feed.update()
      return Self.response(
        DashboardPage(title: feed.content.title, fragments: update.fragments).text, "text/html")
    }
    page.get("dashboard.js") { _, _ in Self.response(DashboardPage.script, "text/javascript") }
    page.get("dashboard.css") { _, _ in Self.response(feed.content.style + DashboardPage.style, "text/css") }
    page.get("policies/:number") { _, context in
      guard let number = context.parameters.get("number"),
        let fragment = try await feed.policy(number)
      else { throw HTTPError(.notFound) }
      return Self.response(fragment.html, "text/html")
    }
    page.get("events") { request, _ in
      Response(
        status: .ok, headers: [.contentType: "text/event-stream"],
        body: EventStream(feed: feed, lastVersion: request.headers[HTTPField.Name("Last-Event-ID")!]).body)
    }
    return router
  }

  private static func response(_ text: String, _ type: String) -> Response {
    Response(
      status: .ok, headers: [.contentType: "\(type); charset=utf-8"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }
}
