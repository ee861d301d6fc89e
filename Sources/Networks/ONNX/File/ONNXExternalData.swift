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
  /// A network may come from anywhere, so its location must stay within its own folder.
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

  private func number(_ key: String) throws -> Int? {
    guard let text = entries[key] else { return nil }
    guard let number = Int(text), number >= 0 else {
      throw Refusal(message: "its \(key) \"\(text)\" is not a number of bytes")
    }
    return number
  }
}
