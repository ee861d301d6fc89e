import Foundation

/// The part of another file that holds a tensor's contents.
struct ONNXExternalData {
  /// Why the part cannot be had, as the end of a sentence.
  struct Refusal: Error {
    var message: String
  }

  private let entries: [String: String]

  init(_ entries: [String: String]) { self.entries = entries }

  /// Exactly `size` bytes from a file beside the network.
  ///
  /// A network may come from anywhere, so its location must stay within its own folder, also where a link leads.
  func read(size: Int, folder: String?) throws -> Data {
    guard let folder else { throw Refusal(message: "only a network that is a file itself can have others") }
    guard let location = entries["location"], !location.isEmpty else {
      throw Refusal(message: "does not say in which")
    }
    guard !location.hasPrefix("/"), !location.split(separator: "/").contains("..") else {
      throw Refusal(message: "its location \"\(location)\" is outside the network's folder")
    }
    let offset = try number("offset") ?? 0
    if let length = try number("length"), length != size {
      throw Refusal(message: "takes \(length) bytes of it; its dimensions need \(size)")
    }
    let path = folder.isEmpty ? location : "\(folder)/\(location)"
    try requireFile(path, within: folder.isEmpty ? "." : folder)
    do {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? handle.close() }
      let end = try handle.seekToEnd()
      guard UInt64(offset) <= end, end - UInt64(offset) >= UInt64(size) else {
        throw Refusal(message: "\(path) has \(end) bytes; it needs \(size) from byte \(offset) on")
      }
      try handle.seek(toOffset: UInt64(offset))
      return try handle.read(upToCount: size) ?? Data()
    } catch let refusal as Refusal {
      throw refusal
    } catch {
      throw Refusal(message: "\(path) cannot be read: \(error.localizedDescription)")
    }
  }

  /// Links are followed before anything is opened.
  private func requireFile(_ path: String, within folder: String) throws {
    // A missing file is an error when it is opened.
    guard let file = Self.withoutLinks(path), let home = Self.withoutLinks(folder) else { return }
    guard file.hasPrefix(home == "/" ? home : home + "/") else {
      throw Refusal(
        message: "\(path) is a link to \(file), outside the network's folder; copy the file to its place")
    }
    var kind = stat()
    guard stat(file, &kind) == 0, kind.st_mode & S_IFMT == S_IFREG else {
      throw Refusal(message: "\(path) is not a file")
    }
  }

  private static func withoutLinks(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }

  private func number(_ key: String) throws -> Int? {
    guard let text = entries[key] else { return nil }
    guard let number = Int(text), number >= 0 else {
      throw Refusal(message: "its \(key) \"\(text)\" is not a number of bytes")
    }
    return number
  }
}
