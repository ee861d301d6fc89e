import Foundation
import Glibc

/// One request over a socket of this machine, byte for byte as the test writes it: no client tidies up its path.
final class RawConnection {
  private let descriptor: Int32
  private var received = ""

  struct Failure: Error { var call: String }

  init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
    }
    guard status == 0 else { throw Failure(call: "connect") }
    // A test that waits for something that never comes fails, rather than waiting for ever.
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  func send(
    _ path: String, headers: [String] = [], method: String = "GET", host: String = "127.0.0.1"
  ) throws {
    let lines = ["\(method) \(path) HTTP/1.1", "Host: \(host)"] + headers + ["", ""]
    try send(text: lines.joined(separator: "\r\n"))
  }

  func send(text: String) throws {
    let bytes = Array(text.utf8)
    guard Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
      throw Failure(call: "send")
    }
  }

  /// Everything up to and including the next `end`.
  func read(to end: String) throws -> String {
    while true {
      if let range = received.range(of: end) {
        defer { received.removeSubrange(..<range.upperBound) }
        return String(received[..<range.upperBound])
      }
      received += try more()
    }
  }

  /// Everything until the server closes the connection.
  func readAll() throws -> String {
    while let text = try? more() { received += text }
    return received
  }

  private func more() throws -> String {
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    guard count > 0 else { throw Failure(call: count == 0 ? "end of the connection" : "recv") }
    return String(decoding: buffer.prefix(count), as: UTF8.self)
  }
}
