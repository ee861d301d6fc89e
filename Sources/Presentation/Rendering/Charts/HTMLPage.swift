import Core

/// A page that needs no other file and no network.
public struct HTMLPage {
  private let title: String
  private var body: [String] = []

  public init(title: String) { self.title = title }

  /// A paragraph.
  public mutating func add(paragraph: String) { body.append("<p>\(Self.escaped(paragraph))</p>") }

  /// A paragraph that must not be overlooked.
  public mutating func add(warning: String) {
    body.append("<p class=\"warning\">\(Self.escaped(warning))</p>")
  }

  /// A heading for what follows.
  public mutating func add(heading: String) { body.append("<h2>\(Self.escaped(heading))</h2>") }

  /// An `<svg>` element, and below it the numbers that it shows; long tables are folded on a screen.
  ///
  /// - Parameter choice: Which rows these are, where they are not all.
  public mutating func add(
    chart: String, numbers rows: [[String]], titles: [String], choice: String? = nil
  ) {
    let table = Self.table(rows, titles)
    let open = rows.count <= 12 ? " open" : ""
    body.append(
      "<figure>\(chart)</figure>\n<details\(open)><summary>The numbers: \(rows.count) \(rows.count == 1 ? "row" : "rows")\(choice.map { ", \(Self.escaped($0))" } ?? "")</summary>\n\(table)</details>"
    )
  }

  /// A heading, and what is below it: an `<svg>` element.
  public mutating func add(chart: String, under heading: String) {
    body.append("<h2>\(Self.escaped(heading))</h2>\n<figure>\(chart)</figure>")
  }

  /// A heading and a table; all but the first column are numbers.
  public mutating func add(table rows: [[String]], titles: [String], under heading: String) {
    body.append("<h2>\(Self.escaped(heading))</h2>\n\(Self.table(rows, titles))")
  }

  private static func table(_ rows: [[String]], _ titles: [String]) -> String {
    let head = titles.map { "<th>\(escaped($0))</th>" }.joined()
    let lines = rows.map { row in
      "<tr>" + row.map { "<td>\(escaped($0))</td>" }.joined() + "</tr>"
    }
    return "<div class=\"table\"><table><thead><tr>\(head)</tr></thead>\n<tbody>"
      + lines.joined(separator: "\n") + "</tbody></table></div>"
  }

  /// The whole file.
  public var text: String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(Self.escaped(title))</title>
    <style>
    \(Self.style)
    </style>
    </head>
    <body>
    <h1>\(Self.escaped(title))</h1>
    \(content)
    </body>
    </html>

    """
  }

  /// What is below the title.
  public var content: String { body.joined(separator: "\n") }

  /// How pages look, in the light and in the dark, as CSS.
  public static let style = """
    \(ChartStyle.variables)
    \(ChartStyle.css)
    body { background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto;
      max-width: 60rem; padding: 0 1rem; }
    h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
    figure, .table { margin: 0; overflow-x: auto; } .table { overflow-wrap: anywhere; }
    summary { color: var(--soft); margin: .5rem 0; }
    @media print { body { max-width: none; } details::details-content { content-visibility: visible; }
      figure, tr { break-inside: avoid; } }
    figure svg { max-width: 100%; }
    table { border-collapse: collapse; } th { text-align: right; color: var(--soft); font-weight: 500; }
    th, td { padding: .2rem .8rem .2rem 0; border-bottom: 1px solid var(--rule); }
    td { text-align: right; font-variant-numeric: tabular-nums; }
    th:first-child, td:first-child { text-align: left; }
    .warning { border-left: 4px solid var(--series-1); padding-left: .8rem; }
    """

  /// Text escaped for HTML, control characters written out.
  public static func escaped(_ text: String) -> String {
    text.visible.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
