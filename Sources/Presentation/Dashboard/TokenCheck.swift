import Hummingbird

/// Answers 403 to every address that does not begin with the token, whether or not there is something behind it.
struct TokenCheck: RouterMiddleware {
  typealias Context = DashboardContext
  let token: DashboardToken

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    let parts = request.uri.path.split(separator: "/", maxSplits: 1)
    guard let first = parts.first, token.matches(first) else {
      throw HTTPError(
        .forbidden, message: "The address of a dashboard is the one that haq dashboard printed.")
    }
    return try await next(request, context)
  }
}
