/// Text of others, which a plugin, a network, an evaluator or a spec may have chosen: what a terminal would obey, and what
/// turns around the order of what is read, is written out, such as `\u{1B}`.
extension String {
  /// On as many lines as it has; what is written out is not changed by a second call.
  public var visible: String { replacing(except: ["\n", "\t"], Self.writtenOut) }

  /// On one line.
  public var visibleLine: String { replacing(except: [], Self.writtenOut) }

  /// JSON with `\u` escapes for such characters in its texts; encoders escape the first 32 alone, which otherwise stand
  /// between values, as line feeds.
  public var escapedJSON: String {
    replacing(except: Set((0..<32).compactMap(UnicodeScalar.init))) { scalar in
      String(scalar).utf16.map { unit in
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }.joined()
    }
  }

  private static func writtenOut(_ scalar: UnicodeScalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return "\\u{\(digits.count < 2 ? "0" + digits : digits)}"
  }

  private func replacing(
    except kept: Set<UnicodeScalar>, _ replacement: (UnicodeScalar) -> String
  ) -> String {
    // Nearly all texts have nothing of the kind.
    guard unicodeScalars.contains(where: { $0.isObeyed && !kept.contains($0) }) else { return self }
    return unicodeScalars.reduce(into: "") { text, scalar in
      if scalar.isObeyed, !kept.contains(scalar) {
        text += replacement(scalar)
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
  }
}

extension UnicodeScalar {
  /// Whether a terminal or the layout of text obeys the character instead of showing it.
  fileprivate var isObeyed: Bool {
    switch value {
    case 0x00...0x1F, 0x7F...0x9F: true  // C0, DEL, C1
    case 0x2028, 0x2029: true  // ends of lines and paragraphs
    case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true  // direction of writing
    case 0xFFF9...0xFFFB, 0xE0000...0xE007F: true  // annotations and tags
    default: false
    }
  }
}
