import Hummingbird
import HummingbirdCore
import NIOCore
import Synchronization

/// The connections of a server, at most a fixed number: when they are all taken, the one that has gone longest without a
/// request is closed, so that idle ones keep nobody out.
final class OpenConnections: Sendable {
  let most: Int
  private let idle = Mutex(Idle())

  private struct Idle {
    /// By the order in which they last had no request.
    var channels: [Int: any Channel] = [:]
    var places: [ObjectIdentifier: Int] = [:]
    var next = 0
    /// Open, with a request or without.
    var count = 0

    mutating func append(_ channel: any Channel) {
      channels[next] = channel
      places[ObjectIdentifier(channel)] = next
      next += 1
    }

    mutating func remove(_ channel: any Channel) {
      if let place = places.removeValue(forKey: ObjectIdentifier(channel)) { channels[place] = nil }
    }
  }

  init(atMost most: Int) { self.most = most }

  func open(_ channel: any Channel) {
    let longestIdle = idle.withLock { idle -> (any Channel)? in
      idle.count += 1
      idle.append(channel)
      guard idle.count >= most, let first = idle.channels.keys.min(), let longest = idle.channels[first],
        longest !== channel
      else { return nil }
      idle.remove(longest)
      return longest
    }
    channel.closeFuture.whenComplete { [self] _ in
      idle.withLock {
        $0.count -= 1
        $0.remove(channel)
      }
    }
    longestIdle?.close(promise: nil)
  }

  func beginRequest(_ channel: any Channel) { idle.withLock { $0.remove(channel) } }

  func endRequest(_ channel: any Channel) {
    idle.withLock { if channel.isActive { $0.append(channel) } }
  }
}

extension OpenConnections {
  /// Enters a connection when it is made.
  final class Entrance: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Never
    private let connections: OpenConnections

    init(to connections: OpenConnections) { self.connections = connections }

    func handlerAdded(context: ChannelHandlerContext) { connections.open(context.channel) }
  }

  /// Notes when a connection has a request, until the last byte of the answer is written.
  struct Use: RouterMiddleware {
    typealias Context = DashboardContext
    let connections: OpenConnections

    func handle(
      _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
      let (connections, channel) = (connections, context.channel)
      connections.beginRequest(channel)
      var response: Response
      do {
        response = try await next(request, context)
      } catch {
        connections.endRequest(channel)
        throw error
      }
      let body = response.body
      // A body that cannot be written ends with its connection.
      response.body = ResponseBody(contentLength: body.contentLength) { writer in
        try await body.write(writer)
        connections.endRequest(channel)
      }
      return response
    }
  }

  /// Does not accept a connection before there is room for it.
  struct Room: AvailableConnectionsDelegate {
    let most: Int
    private var count = 0

    init(_ connections: OpenConnections) { most = connections.most }

    mutating func connectionOpened() { count += 1 }
    mutating func connectionClosed() { count -= 1 }
    func isAcceptingNewConnections() -> Bool { count < most }
  }
}
