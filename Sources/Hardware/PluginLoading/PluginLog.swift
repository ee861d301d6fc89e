internal import CHAQPlugin
internal import Synchronization

/// A line that a plugin reported through the host's `log`.
public struct PluginLogLine: Hashable, Sendable {
  public enum Level: Int32, Hashable, Sendable {
    case debug, info, warning, error
  }

  /// File name of the plugin's library.
  public var library: String
  public var level: Level
  public var text: String

  package init(library: String, level: Level, text: String) {
    self.library = library
    self.level = level
    self.text = text
  }
}

/// Forwards a plugin's lines, at most 100 per second (H-27); the next line says how many were dropped.
package final class PluginLog: Sendable {
  static let linesPerSecond = 100

  private struct Window {
    var start: ContinuousClock.Instant
    var lines = 0
    var dropped = 0
  }

  private let library: String
  private let sink: @Sendable (PluginLogLine) -> Void
  private let window = Mutex(Window(start: .now))

  package init(library: String, sink: @escaping @Sendable (PluginLogLine) -> Void) {
    self.library = library
    self.sink = sink
  }

  package func report(level: Int32, text: String) {
    let (isWithinLimit, dropped) = window.withLock { window in
      var dropped = 0
      if window.start.duration(to: .now) >= .seconds(1) {
        dropped = window.dropped
        window = Window(start: .now)
      }
      window.lines += 1
      guard window.lines <= Self.linesPerSecond else {
        window.dropped += 1
        return (false, 0)
      }
      return (true, dropped)
    }
    if dropped > 0 {
      sink(PluginLogLine(library: library, level: .warning, text: "\(dropped) lines were dropped"))
    }
    if isWithinLimit {
      // A level that no ABI version so far defines is worth showing, so it counts as a warning.
      sink(PluginLogLine(library: library, level: .init(rawValue: level) ?? .warning, text: text))
    }
  }
}
