import Glibc

/// The limits that the system sets for this process, as `ulimit` shows them.
public enum ProcessLimits {
  /// Throws `ReachedLimit` when no thread can be started: what starts threads without an answer would wait for ever.
  public static func requireThread() throws(ReachedLimit) {
    var thread = pthread_t()
    let code = pthread_create(&thread, nil, { _ in nil }, nil)
    guard code == 0 else { throw ReachedLimit(code: code) }
    pthread_join(thread, nil)
  }

  /// Lets writes beyond the limit of a file's size be errors, which name it, rather than the end of the program.
  public static func turnFileSizeLimitIntoErrors() { signal(SIGXFSZ, SIG_IGN) }

  /// Allows this number of open files, as far as that is up to this process.
  ///
  /// - Returns: How many it may have now; nil where the system does not say.
  public static func allowOpenFiles(_ wanted: Int) -> Int? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
    if limit.rlim_cur < limit.rlim_max, limit.rlim_cur < UInt(wanted) {
      limit.rlim_cur = min(limit.rlim_max, UInt(wanted))
      setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
    return Int(clamping: limit.rlim_cur)
  }

  /// What the system calls an error, such as `No such file or directory`; where a limit was reached, with its value and
  /// how it is raised.
  public static func text(ofError code: Int32) -> String {
    let words = String(cString: strerror(code))
    return hint(for: code).map { "\(words): \($0)" } ?? words
  }

  /// The limit that an error number speaks of, and how it is raised; nil for other errors.
  private static func hint(for code: Int32) -> String? {
    switch code {
    case EMFILE: "the limit of open files is \(value(RLIMIT_NOFILE)); raise it with ulimit -n"
    case EFBIG: "the limit of a file's size is \(value(RLIMIT_FSIZE)) bytes; raise it with ulimit -f"
    case EAGAIN:
      "the user's limit of processes and threads is \(value(__RLIMIT_NPROC)); raise it with ulimit -u"
    default: nil
    }
  }

  /// The most bytes that a file may have; nil without a limit.
  public static var fileSizeBytes: UInt? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0, limit.rlim_cur != rlim_t.max
    else { return nil }
    return limit.rlim_cur
  }

  private static func value(_ resource: __rlimit_resource) -> String {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0 else { return "unknown" }
    return limit.rlim_cur == rlim_t.max ? "unlimited" : "\(limit.rlim_cur)"
  }
}

/// The system refused something because a limit is reached.
public struct ReachedLimit: Error, Hashable, Sendable, CustomStringConvertible {
  public let code: Int32

  public var description: String { ProcessLimits.text(ofError: code) }
}
