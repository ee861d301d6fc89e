import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Answers 421 to requests for another host than this machine.
///
/// A page of another site can let its own name point to this machine once it is loaded (DNS rebinding); the browser then
/// takes the dashboard for a part of that site. It still says the name, and an address that is a number belongs to no
/// site.
struct HostCheck: RouterMiddleware {
  typealias Context = DashboardContext
  /// In lower case.
  private let names: Set<String>

  /// - Parameter host: That the server listens on.
  init(host: String) {
    let machine = ProcessInfo.processInfo.hostName
    names = Set(["localhost", host, machine, String(machine.prefix { $0 != "." })].map { $0.lowercased() })
  }

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    guard let host = request.head.authority, isOfThisMachine(host) else {
      throw HTTPError(
        .misdirectedRequest,
        message: "A dashboard is at the address that haq dashboard printed, localhost, or a number.")
    }
    return try await next(request, context)
  }

  /// - Parameter host: As in the header: a name, an IPv4 address or an IPv6 one in brackets, and a port after it or none.
  private func isOfThisMachine(_ host: String) -> Bool {
    let name: Substring
    if host.hasPrefix("[") {
      guard let end = host.firstIndex(of: "]") else { return false }
      name = host[..<end].dropFirst()
    } else {
      name = host.prefix { $0 != ":" }
    }
    let isAddress = (try? SocketAddress(ipAddress: String(name), port: 0)) != nil
    return isAddress || names.contains(name.lowercased())
  }
}
