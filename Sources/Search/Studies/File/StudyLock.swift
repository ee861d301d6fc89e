import Glibc

/// The right to write a study, which one process has at a time and which ends with it, however it ends.
///
/// A `flock` on the study file itself. SQLite's own locks are of another kind and are not touched by it; but closing
/// any descriptor of the file would end them, so this must outlive the database connection.
final class StudyLock {
  private let descriptor: Int32

  /// Throws `inUse` when another process has it.
  init(_ path: String) throws(StudyError) {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw errno == ENOENT
        ? .missing(path: path) : .cannotOpen(path: path, reason: String(cString: strerror(errno)))
    }
    // A process that asks `isTaken` has the lock for a moment.
    for _ in 0..<10 where flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK { usleep(20_000) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let reason = errno
      close(descriptor)
      throw reason == EWOULDBLOCK
        ? .inUse(path: path, process: nil)
        : .cannotOpen(path: path, reason: String(cString: strerror(reason)))
    }
  }

  /// Whether some process has it now.
  ///
  /// Not to be called by a process that has the study open, since it closes a descriptor of the file.
  static func isTaken(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  deinit { close(descriptor) }
}
