import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import SystemLimits

/// A web server for one dashboard. Every address begins with the token; nothing is read from files.
///
/// Connections without a request are closed after a while, and at once where another one needs their place.
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

  /// Connections at once; each page that is open has one.
  private static let mostConnections = 512
  /// Files that a process has open beside connections: streams, the study, what the event loop waits on.
  private static let otherFiles = 28
  private static let patience = TimeAmount.seconds(10)

  /// Serves until the process is interrupted or the task cancelled; throws `DashboardError`.
  ///
  /// - Parameter whenRunning: Is given the address of the page.
  public func run(whenRunning: @escaping @Sendable (String) -> Void) async throws {
    var logger = Logger(label: "haq.dashboard")
    logger.logLevel = .critical
    let (host, token) = (host, token)
    let files = ProcessLimits.allowOpenFiles(Self.mostConnections + Self.otherFiles)
    let connections = OpenConnections(
      atMost: max(4, min(Self.mostConnections, (files ?? 256) - Self.otherFiles)))
    let application = Application(
      router: router(connections),
      server: .http1(
        configuration: .init(
          additionalChannelHandlers: [OpenConnections.Entrance(to: connections)], idleTimeout: Self.patience)),
      configuration: ApplicationConfiguration(
        address: .hostname(host, port: port), availableConnectionsDelegate: OpenConnections.Room(connections)),
      onServerRunning: { channel in
        let name = host.contains(":") ? "[\(host)]" : host
        whenRunning("http://\(name):\(channel.localAddress?.port ?? 0)/\(token)/")
      },
      // Drawing is the work, not transport; and each loop has open files of its own.
      eventLoopGroupProvider: .shared(Self.loop), logger: logger)
    do {
      try await application.runService()
    } catch is CancellationError {
    } catch {
      throw DashboardError(error, host: host, port: port)
    }
  }

  private static let loop = MultiThreadedEventLoopGroup(numberOfThreads: 1)

  private func router(_ connections: OpenConnections) -> Router<DashboardContext> {
    let feed = feed
    let router = Router(context: DashboardContext.self)
    router.add(middleware: OpenConnections.Use(connections: connections))
    router.add(middleware: SecurityHeaders())
    router.add(middleware: HostCheck(host: host))
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
