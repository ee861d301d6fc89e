import Core

/// What is shown of long work while it runs: lines of fields, of which the least important go where a window is narrow.
public struct LiveBlock: Hashable, Sendable {
  /// A piece of a line.
  public struct Field: Hashable, Sendable {
    public var text: String
    /// What takes its place where the whole line does not fit.
    public var short: String?
    public var style: Style
    /// Fields of 1 stay; of the others the highest number goes first.
    public var rank: Int

    public init(_ text: String, short: String? = nil, _ style: Style = .plain, rank: Int = 1) {
      self.text = text
      self.short = short
      self.style = style
      self.rank = rank
    }
  }

  /// How a field looks where colours are wanted; its words say the same.
  public enum Style: Hashable, Sendable {
    case plain, strong, good, bad, faint

    /// The parameters of SGR (ECMA-48, 8.3.117).
    var parameters: String? {
      switch self {
      case .plain: nil
      case .strong: "1"
      case .good: "32"
      case .bad: "31"
      case .faint: "2"
      }
    }
  }

  /// A name, and what there is to say.
  public struct Line: Hashable, Sendable {
    public var title: String
    public var fields: [Field]

    public init(_ title: String, _ fields: [Field]) {
      self.title = title
      self.fields = fields
    }
  }

  public var lines: [Line]

  public init(_ lines: [Line]) { self.lines = lines }

  private static let titleWidth = 10
  private static let gap = "  "

  /// The lines as they are written, each `width` columns at most, and no more than `height` of them.
  public func text(width: Int, height: Int, isColoured: Bool) -> [String] {
    lines.prefix(max(0, height)).map { Self.text($0, width: width, isColoured: isColoured) }
  }

  private static func text(_ line: Line, width: Int, isColoured: Bool) -> String {
    let title = line.title.visibleLine.padding(to: titleWidth)
    var fields = line.fields.map(\.visible)
    func length() -> Int {
      titleWidth + fields.reduce(0) { $0 + $1.text.count } + gap.count * max(0, fields.count - 1)
    }
    if length() > width {
      for index in fields.indices { fields[index].text = fields[index].short ?? fields[index].text }
    }
    while length() > width, let rank = fields.map(\.rank).max(), rank > 1,
      let last = fields.lastIndex(where: { $0.rank == rank })
    {
      fields.remove(at: last)
    }
    // What must stay and does not fit loses its end.
    var room = width
    func cut(_ text: String, _ style: Style) -> String {
      let shown = String(text.prefix(max(0, room)))
      room -= shown.count
      guard isColoured, let parameters = style.parameters, !shown.isEmpty else { return shown }
      return "\u{1B}[\(parameters)m\(shown)\u{1B}[0m"
    }
    var text = cut(title, .faint)
    for (index, field) in fields.enumerated() {
      if index > 0 { text += cut(gap, .plain) }
      text += cut(field.text, field.style)
    }
    return text
  }
}

extension LiveBlock.Field {
  /// With texts of one line that a terminal shows as they are.
  fileprivate var visible: LiveBlock.Field {
    LiveBlock.Field(text.visibleLine, short: short?.visibleLine, style, rank: rank)
  }
}

extension String {
  fileprivate func padding(to width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(1, width - count))
  }
}
