import CHAQPlugin
import Core
import Glibc
import Isolation
import PluginLoading
import Synchronization

extension Probe {
  static let threadTests: [String: Test] = [
    "parallel-instances": { probe in
      if probe.plugin.isMeasured { return .skipped("the plugin measures hardware (HAQ_MEASURED)") }
      let baseline = try probe.baseline()
      let batches = try probe.onThreads(4) {
        try (0..<5).map { _ in
          let instance = try probe.instance()
          defer { instance.destroy() }
          return try instance.answer(probe.points)
        }
      }
      for batch in batches.joined() {
        try probe.expectEqual(
          baseline, batch, of: probe.points, "while other threads use instances of their own")
      }
      return .passed
    },
    "parallel-evaluate": { probe in
      guard probe.plugin.isReentrant else { return .skipped("the plugin does not set HAQ_REENTRANT") }
      let baseline = try probe.baseline()
      let instance = try probe.instance()
      defer { instance.destroy() }
      let batches = try probe.onThreads(4) { try (0..<5).map { _ in try instance.answer(probe.points) } }
      for batch in batches.joined() {
        try probe.expectEqual(baseline, batch, of: probe.points, "while other threads use the same instance")
      }
      return .passed
    },
  ]

  /// What `body` gives on each of `count` new threads, all at the same time.
  func onThreads<Value>(_ count: Int, _ body: @escaping () throws -> Value) throws -> [Value] {
    let results = UnsafeMutablePointer<Result<Value, any Error>?>.allocate(capacity: count)
    results.initialize(repeating: nil, count: count)
    defer {
      results.deinitialize(count: count)
      results.deallocate()
    }
    var threads: [pthread_t] = []
    for index in 0..<count {
      let work = Unmanaged.passRetained(Work { results[index] = Result { try body() } })
      var thread = pthread_t()
      guard
        pthread_create(
          &thread, nil,
          { argument in
            // Each thread was given one retained Work, which it takes.
            Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue().run()
            return nil
          }, work.toOpaque()) == 0
      else { throw ProbeFailure("there are no threads for the test") }
      threads.append(thread)
    }
    for thread in threads { pthread_join(thread, nil) }
    return try (0..<count).map { try results[$0]!.get() }
  }
}

private final class Work {
  let run: () -> Void

  init(_ run: @escaping () -> Void) { self.run = run }
}
