/// How charts look, in the light and in the dark.
///
/// Every element carries its light colors as attributes, since many viewers of SVG know neither variables nor style sheets.
/// CSS only replaces them in the dark.
enum ChartStyle {
  /// A color in the light and in the dark.
  struct Paint {
    let light: String
    let dark: String
  }

  private enum Value {
    case literal(String)
    case paint(Paint)
  }

  static let ink = Paint(light: "#1c1c1a", dark: "#ecece6")
  static let soft = Paint(light: "#6b6b66", dark: "#a3a39b")
  static let paper = Paint(light: "#fdfdfb", dark: "#181816")
  static let rule = Paint(light: "#deded8", dark: "#3a3a36")
  static let series = [
    Paint(light: "#0b6e99", dark: "#5db7e0"), Paint(light: "#c2410c", dark: "#fb923c"),
    Paint(light: "#4d7c0f", dark: "#a3d65c"), Paint(light: "#7e3794", dark: "#d19be8"),
  ]

  /// What a class means, by attribute.
  private static let classes: [(name: String, attributes: [(String, Value)])] =
    [
      ("paper", [("fill", .paint(paper))]),
      ("label", [("fill", .paint(soft))]),
      ("title", [("fill", .paint(ink)), ("font-size", .literal("15"))]),
      ("grid", [("stroke", .paint(rule))]),
      ("diagonal", [("stroke", .paint(ink)), ("stroke-width", .literal("1.2"))]),
      ("band", [("stroke", .paint(soft)), ("stroke-dasharray", .literal("4 4"))]),
      ("absent", [("fill", .literal("none")), ("stroke", .paint(rule))]),
      ("outline", [("fill", .literal("none")), ("stroke", .paint(soft))]),
      ("point", [("fill-opacity", .literal(".7"))]),
      ("roof", [("stroke-width", .literal("1.6"))]),
      ("hollow", [("fill-opacity", .literal("0")), ("stroke-opacity", .literal("1"))]),
      ("dominated", [("fill-opacity", .literal("0")), ("stroke-opacity", .literal(".55"))]),
    ]
    + series.enumerated().map { index, paint in
      (name: "series-\(index)", attributes: [("fill", .paint(paint)), ("stroke", .paint(paint))])
    }

  /// The attributes of an element of these classes, separated by spaces; of two values of one attribute, the later class's.
  static func attributes(_ style: String) -> String {
    var names: [String] = []
    var values: [String: String] = [:]
    for name in style.split(separator: " ") {
      for (attribute, value) in classes.first(where: { $0.name == name })?.attributes ?? [] {
        if values[attribute] == nil { names.append(attribute) }
        values[attribute] =
          switch value {
          case .literal(let text): text
          case .paint(let paint): paint.light
          }
      }
    }
    return names.map { " \($0)=\"\(values[$0]!)\"" }.joined()
  }

  /// The colors of a chart in the dark, which replace its attributes.
  static let css = """
    :root { color-scheme: light dark; }
    @media (prefers-color-scheme: dark) { \(dark) }
    """

  private static let dark = classes.compactMap { name, attributes -> String? in
    let colors = attributes.compactMap { attribute, value -> String? in
      if case .paint(let paint) = value { "\(attribute): \(paint.dark);" } else { nil }
    }
    return colors.isEmpty ? nil : ".\(name) { \(colors.joined(separator: " ")) }"
  }.joined(separator: " ")

  /// The same colors for the text of a page, as variables; pages are for browsers.
  static let variables = """
    :root { \(variables(\.light)) }
    @media (prefers-color-scheme: dark) { :root { \(variables(\.dark)) } }
    """

  private static func variables(_ shade: KeyPath<Paint, String>) -> String {
    let named =
      [("ink", ink), ("soft", soft), ("paper", paper), ("rule", rule)]
      + series.enumerated().map { ("series-\($0)", $1) }
    return named.map { "--\($0): \($1[keyPath: shade]);" }.joined(separator: " ")
  }
}
