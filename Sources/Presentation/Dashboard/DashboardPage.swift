import Core

/// The page around the fragments; it shows them without scripts too, as they are when it is loaded.
struct DashboardPage {
  let title: String
  let fragments: [DashboardFragment]

  var text: String {
    let sections = fragments.map { "<section id=\"\($0.name)\">\($0.html)</section>" }
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(Self.escaped(title))</title>
      <link rel="icon" href="data:,">
      <link rel="stylesheet" href="dashboard.css">
      <script src="dashboard.js" defer></script>
      </head>
      <body>
      <header>
      <h1>\(Self.escaped(title))</h1>
      <form id="choice">
      <label>Policy <input id="number" type="number" min="1" placeholder="best"></label>
      <button type="submit">Show</button>
      <button type="button" id="follow">Follow the best</button>
      </form>
      <p id="announcement" role="status"></p>
      <p id="connection" role="status">as of loading the page</p>
      </header>
      <main>
      \(sections.joined(separator: "\n"))
      </main>
      </body>
      </html>

      """
  }

  static var script: String { String(decoding: PackageResources.dashboard_js, as: UTF8.self) }

  static var style: String { String(decoding: PackageResources.dashboard_css, as: UTF8.self) }

  static func escaped(_ text: String) -> String {
    text.visible.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
