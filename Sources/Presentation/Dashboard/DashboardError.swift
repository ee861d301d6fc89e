import Glibc
import NIOCore

/// Why a dashboard cannot be served.
public enum DashboardError: Error, Hashable, Sendable {
  case portInUse(host: String, port: Int)
  case mayNotListen(host: String, port: Int)
  case notAnAddress(host: String)
  case cannotListen(host: String, port: Int, reason: String)

  init(_ error: any Error, host: String, port: Int) {
    guard let error = error as? IOError else {
      self =
        error is SocketAddressError || error is SocketAddressError.UnknownHost
        ? .notAnAddress(host: host) : .cannotListen(host: host, port: port, reason: "\(error)")
      return
    }
    switch error.errnoCode {
    case EADDRINUSE: self = .portInUse(host: host, port: port)
    case EACCES: self = .mayNotListen(host: host, port: port)
    case EADDRNOTAVAIL: self = .notAnAddress(host: host)
    default:
      self = .cannotListen(host: host, port: port, reason: String(cString: strerror(error.errnoCode)))
    }
  }
}

extension DashboardError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .portInUse(let host, let port):
      "port \(port) of \(host) is in use by another program. Name another one with --port, or 0 for any free one"
    case .mayNotListen(let host, let port):
      "port \(port) of \(host) is reserved for the system. Name one from 1024 to 65535 with --port, or 0 for any free one"
    case .notAnAddress(let host):
      "\"\(host)\" is not an address of this machine. --host takes one, such as 127.0.0.1"
    case .cannotListen(let host, let port, let reason): "cannot listen on port \(port) of \(host): \(reason)"
    }
  }
}
