import HTTPTypes
import Hummingbird

/// Headers of every response: no external resources, no requests to other servers, no caching.
///
/// No header allows other origins, so pages of other sites can neither read answers nor frame the page.
struct SecurityHeaders: RouterMiddleware {
  typealias Context = DashboardContext

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    var response: Response
    do {
      response = try await next(request, context)
    } catch let error as any HTTPResponseError {
      response = try error.response(from: request, context: context)
    }
    for (name, value) in Self.fields { response.headers[name] = value }
    return response
  }

  private static let fields: [(HTTPField.Name, String)] =
    [
      (
        .contentSecurityPolicy,
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
          + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
      ),
      (.cacheControl, "no-store"), (.xContentTypeOptions, "nosniff"),
    ]
    + [
      // The token must not travel to another site as the page that a reader came from.
      ("Referrer-Policy", "no-referrer"), ("X-Frame-Options", "DENY"),
      ("Cross-Origin-Resource-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"),
    ].map { (HTTPField.Name($0)!, $1) }
}
