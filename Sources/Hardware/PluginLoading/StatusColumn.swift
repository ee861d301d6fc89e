/// Memory that another process watches while a plugin writes statuses into it.
///
/// `@unchecked Sendable`: the pointer is a constant, to memory that stays mapped for the life of the process and
/// that one instance at a time writes to.
package struct StatusColumn: @unchecked Sendable {
  private let base: UnsafeMutablePointer<UInt32>
  private let capacity: Int

  package init(base: UnsafeMutablePointer<UInt32>, capacity: Int) {
    self.base = base
    self.capacity = capacity
  }

  /// The memory, filled with all ones: no point has an outcome yet.
  package func start(count: Int) -> UnsafeMutablePointer<UInt32> {
    precondition(count <= capacity)
    base.update(repeating: .max, count: count)
    return base
  }

  func copy(count: Int, to column: UnsafeMutablePointer<UInt32>) { column.update(from: base, count: count) }
}
