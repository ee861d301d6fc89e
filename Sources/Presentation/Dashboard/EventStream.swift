import Foundation
import Hummingbird
import ServiceLifecycle

/// Server-sent events: the fragments that changed since the last event, until the reader leaves or the server ends.
struct EventStream: Sendable {
  let feed: DashboardFeed
  /// The last event that a returning reader received, from its Last-Event-ID.
  let lastVersion: String?

  /// Polls without news after which a line is written, which shows whether the reader is still connected.
  private static let patience = 30

  var body: ResponseBody {
    ResponseBody { [self] writer in
      var known: [DashboardFragment] = []
      var version = lastVersion
      var silence = 0
      while !Task.isShuttingDownGracefully {
        let update = await feed.update()
        silence += 1
        if update.version != version {
          let news = update.fragments.filter { !known.contains($0) }
          try await writer.write(ByteBuffer(string: try Self.event(update.version, news)))
          silence = 0
        } else if silence == Self.patience {
          try await writer.write(ByteBuffer(string: ": still here\n\n"))
          silence = 0
        }
        (version, known) = (update.version, update.fragments)
        try await Task.sleep(for: DashboardFeed.interval)
      }
      try await writer.finish(nil)
    }
  }

  /// The fragments by name, as JSON, which has no line ends.
  private static func event(_ version: String, _ fragments: [DashboardFragment]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let html = Dictionary(fragments.map { ($0.name, $0.html) }) { $1 }
    return "id: \(version)\ndata: \(String(decoding: try encoder.encode(html), as: UTF8.self))\n\n"
  }
}
