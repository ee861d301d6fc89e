import Foundation

/// A queue between threads.
///
/// `@unchecked Sendable`: the only state is `contents`, which is touched under the lock of `condition` alone; what is put
/// in belongs to the thread that takes it out.
final class Mailbox<Item>: @unchecked Sendable {
  private let condition = NSCondition()
  private var contents: [Item] = []

  func put(_ item: Item) {
    condition.lock()
    contents.append(item)
    condition.signal()
    condition.unlock()
  }

  /// The next item; nil when none came in time.
  ///
  /// - Parameter limit: In seconds; nil waits for ever, 0 does not wait.
  func take(within limit: Double?) -> Item? {
    condition.lock()
    defer { condition.unlock() }
    // A date without end is more than the system's clock can wait for.
    let deadline = limit.map { Date(timeIntervalSinceNow: $0) }
    while contents.isEmpty {
      guard let deadline else {
        condition.wait()
        continue
      }
      if !condition.wait(until: deadline) { break }
    }
    return contents.isEmpty ? nil : contents.removeFirst()
  }
}
