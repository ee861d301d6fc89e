public import Foundation
import Glibc

/// Files that the user names for writing: one way for all commands.
///
/// What is there is never turned into something else. A symbolic link is followed, a FIFO, a terminal or another
/// character device is written to, and a regular file is replaced by a whole one, with its mode.
public enum OutputFile {
  /// What becomes of files that may not be written to.
  public enum ReadOnlyFiles: Sendable {
    /// They stay, and that is an error.
    case kept
    case replaced
  }

  /// Where bytes go.
  private enum Place {
    /// A regular file, or the place of a new one; links are resolved.
    case file(path: String, Properties?)
    /// An open file of this process, which `/dev/stdout` and `/dev/fd/3` name.
    case descriptor(Int32)
    /// What bytes are sent to.
    case stream(path: String)
  }

  /// What a file keeps when its bytes are replaced.
  private struct Properties {
    var mode: mode_t
    var owner: uid_t
    var group: gid_t
  }

  /// Throws a `Diagnostic` when `path` cannot be written, before hours of work rather than after.
  public static func check(_ path: String, readOnlyFiles: ReadOnlyFiles = .kept) throws(Diagnostic) {
    _ = try place(of: path, readOnlyFiles)
  }

  /// The regular file that `path` means, for another program to write; throws a `Diagnostic` where it is none.
  public static func file(_ path: String, readOnlyFiles: ReadOnlyFiles = .kept) throws(Diagnostic) -> String {
    guard case .file(let file, _) = try place(of: path, readOnlyFiles) else {
      throw refusal(path, "it is no regular file, and the evaluator writes it", "Name a file.")
    }
    return file
  }

  /// Writes all of `bytes` or, to regular files, nothing: a temporary file in the same folder takes the name at the end.
  public static func write(
    _ bytes: Data, to path: String, readOnlyFiles: ReadOnlyFiles = .kept
  ) throws(Diagnostic) {
    do {
      switch try place(of: path, readOnlyFiles) {
      case .file(let file, let properties): try replace(file, properties, by: bytes)
      case .descriptor(let descriptor):
        // What was printed before comes before.
        fflush(nil)
        try FileHandle(fileDescriptor: descriptor).write(contentsOf: bytes)
      case .stream(let stream):
        let handle = try handle(stream, O_WRONLY | O_NOCTTY)
        try handle.write(contentsOf: bytes)
        try handle.close()
      }
    } catch let diagnostic as Diagnostic {
      throw diagnostic
    } catch {
      throw refusal(path, error.systemReason, "Nothing was written.")
    }
  }

  private static func replace(_ file: String, _ properties: Properties?, by bytes: Data) throws {
    let folder = URL(filePath: file).deletingLastPathComponent().path
    let draft = "\(folder)/.haq-\(UUID().uuidString).draft"
    do {
      let handle = try handle(draft, O_WRONLY | O_CREAT | O_EXCL)
      if let properties {
        // Only the superuser may give a file away; for all others it is theirs already.
        fchown(handle.fileDescriptor, properties.owner, properties.group)
        fchmod(handle.fileDescriptor, properties.mode)
      }
      try handle.write(contentsOf: bytes)
      try handle.synchronize()
      try handle.close()
      guard rename(draft, file) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    } catch {
      unlink(draft)
      throw error
    }
  }

  private static func handle(_ path: String, _ flags: Int32) throws -> FileHandle {
    let descriptor = open(path, flags | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }

  private static func place(of path: String, _ readOnlyFiles: ReadOnlyFiles) throws(Diagnostic) -> Place {
    var file = path
    // The kernel follows as many links.
    for _ in 0..<40 {
      if let descriptor = descriptor(file) { return .descriptor(descriptor) }
      if file.hasPrefix("/proc/") { return .stream(path: file) }
      guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: file) else {
        return try place(ofResolved: file, path, readOnlyFiles)
      }
      file =
        target.hasPrefix("/")
        ? target : URL(filePath: file).deletingLastPathComponent().path + "/\(target)"
    }
    throw refusal(path, SystemReason.text(of: ELOOP), nil)
  }

  private static func descriptor(_ path: String) -> Int32? {
    for folder in ["/dev/fd/", "/proc/self/fd/", "/proc/\(getpid())/fd/"] where path.hasPrefix(folder) {
      return Int32(path.dropFirst(folder.count))
    }
    return nil
  }

  private static func place(
    ofResolved file: String, _ path: String, _ readOnlyFiles: ReadOnlyFiles
  ) throws(Diagnostic) -> Place {
    var status = stat()
    guard stat(file, &status) == 0 else {
      try requireFolder(of: file, path)
      return .file(path: file, nil)
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG:
      try requireFolder(of: file, path)
      let mode = status.st_mode & 0o7777
      // The superuser may write everything; a file without any such permission is meant to stay all the same.
      guard readOnlyFiles == .replaced || (mode & 0o222 != 0 && access(file, W_OK) == 0) else {
        throw refusal(path, "it is read-only", "Replace it with --force, or name another file.")
      }
      return .file(path: file, Properties(mode: mode, owner: status.st_uid, group: status.st_gid))
    case S_IFIFO, S_IFCHR:
      guard access(file, W_OK) == 0 else { throw refusal(path, SystemReason.text(of: errno), nil) }
      return .stream(path: file)
    case S_IFDIR: throw refusal(path, "it is a folder", "Name a file.")
    default: throw refusal(path, "it is a socket or a block device", "Name a file.")
    }
  }

  private static func requireFolder(of file: String, _ path: String) throws(Diagnostic) {
    let folder = URL(filePath: file).deletingLastPathComponent().path
    guard access(folder, W_OK | X_OK) == 0 else { throw refusal(path, SystemReason.text(of: errno), nil) }
  }

  private static func refusal(_ path: String, _ reason: String, _ hint: String?) -> Diagnostic {
    Diagnostic("cannot write the file: \(reason).", at: .init(file: path), hint: hint)
  }
}
