import CPlatform
import Glibc
import PluginLoading

/// Memory of both processes: the plugin writes its statuses there, so that the program knows how far a plugin
/// came that never returned; and one word by which the program asks it to stop.
///
/// The other side may write at any time. Every word is read once, and any value of it is legal.
final class SharedProgress {
  /// -1 where the memory is only written to.
  let descriptor: Int32
  private let words: UnsafeMutablePointer<UInt32>

  private static let count = 1 + PluginCostModel.pointLimit
  private static var size: Int { count * MemoryLayout<UInt32>.size }

  /// New memory; nil, with errno set, when there is none.
  convenience init?() {
    let descriptor = cplatform_memory_file("haq-progress")
    guard descriptor >= 0 else { return nil }
    // Without the seal, the other side could shorten the file, and reading it would end this process.
    guard ftruncate(descriptor, Self.size) == 0, cplatform_seal_length(descriptor) == 0 else {
      close(descriptor)
      return nil
    }
    self.init(mapping: descriptor, keepingDescriptor: true)
  }

  /// The memory behind a descriptor, which this object then owns.
  ///
  /// - Parameter keepingDescriptor: whether others are to map the memory, too. A library must not have the descriptor:
  ///   it could map as code what it has written.
  init?(mapping descriptor: Int32, keepingDescriptor: Bool) {
    let base = mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
    if base == MAP_FAILED || !keepingDescriptor { close(descriptor) }
    guard let base, base != MAP_FAILED else { return nil }
    self.descriptor = keepingDescriptor ? descriptor : -1
    words = base.bindMemory(to: UInt32.self, capacity: Self.count)
  }

  deinit {
    munmap(words, Self.size)
    if descriptor >= 0 { close(descriptor) }
  }

  var isCancelled: Bool {
    get { words[0] != 0 }
    set { words[0] = newValue ? 1 : 0 }
  }

  /// Forgets an earlier batch.
  func reset(count: Int) { (words + 1).update(repeating: .max, count: count) }

  /// How many points, from the first on, have a status.
  func answered(of count: Int) -> Int { (0..<count).first { words[1 + $0] == .max } ?? count }

  /// - Precondition: this object is never released.
  var statusColumn: StatusColumn { StatusColumn(base: words + 1, capacity: PluginCostModel.pointLimit) }
}
