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

/// Forwards a plugin's lines within the limits of H-27; the next line says how many were dropped.
package final class PluginLog: Sendable {
  static let linesPerSecond = 100
  static let bytesPerLine = 4_096
  static let bytesPerSecond = 65_536
  static let bytesInAll = 4 << 20

  private struct Window {
    var start: ContinuousClock.Instant
    var lines = 0
    var bytes = 0
    var dropped = 0
  }

  private struct State {
    var window = Window(start: .now)
    var bytes = 0
  }

  private enum Verdict {
    case drop
    /// The last line of all.
    case end
    case show(droppedBefore: Int)
  }

  private let library: String
  private let sink: @Sendable (PluginLogLine) -> Void
  private let state = Mutex(State())

  package init(library: String, sink: @escaping @Sendable (PluginLogLine) -> Void) {
    self.library = library
    self.sink = sink
  }

  package func report(level: Int32, text: String) {
    let text =
      text.utf8.count <= Self.bytesPerLine
      ? text : String(decoding: text.utf8.prefix(Self.bytesPerLine), as: UTF8.self) + " ..."
    switch verdict(on: text.utf8.count) {
    case .drop: return
    case .end: warn("it has logged \(Self.bytesInAll >> 20) MiB; everything else is dropped")
    case .show(let dropped):
      if dropped > 0 { warn("\(dropped) lines were dropped") }
      // A level that no ABI version so far defines is worth showing, so it counts as a warning.
      sink(PluginLogLine(library: library, level: .init(rawValue: level) ?? .warning, text: text))
    }
  }

  private func warn(_ text: String) { sink(PluginLogLine(library: library, level: .warning, text: text)) }

  private func verdict(on count: Int) -> Verdict {
    state.withLock { state in
      guard state.bytes <= Self.bytesInAll else { return .drop }
      var dropped = 0
      if state.window.start.duration(to: .now) >= .seconds(1) {
        dropped = state.window.dropped
        state.window = Window(start: .now)
      }
      guard state.window.lines < Self.linesPerSecond, state.window.bytes + count <= Self.bytesPerSecond else {
        state.window.dropped += 1
        return .drop
      }
      state.window.lines += 1
      state.window.bytes += count
      state.bytes += count
      return state.bytes > Self.bytesInAll ? .end : .show(droppedBefore: dropped)
    }
  }
}
