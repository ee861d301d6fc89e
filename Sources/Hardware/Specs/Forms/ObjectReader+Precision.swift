import Core
import NumberFormats

extension ObjectReader {
  /// The keys `weight_bits` and `activation_bits`, or since version 1.1 of a schema the names of formats in their place,
  /// `weight_format` and `activation_format`. `owner` is what has them, such as `a layer`.
  func precision(of owner: String) -> Precision? {
    let weight = operand("weight", of: owner)
    let activation = operand("activation", of: owner)
    guard let weight, let activation else { return nil }
    return Precision(weight: weight, activation: activation)
  }

  /// A list under `weight_bits`, or since version 1.1 of names under `weight_formats`, each once and in the order of listing.
  func formats(of role: String) -> [BitWidth]? {
    let names = "\(role)_formats"
    guard value(of: names) != nil else { return required("\(role)_bits", .widths) }
    guard case .value(let formats) = optionalFormats(of: role) else { return nil }
    return formats
  }

  /// The same where it may be missing.
  func optionalFormats(of role: String) -> Field<[BitWidth]> {
    let (bits, names) = ("\(role)_bits", "\(role)_formats")
    guard value(of: names) != nil else { return optional(bits, .widths) }
    let formats = optional(names, .formatNames)
    guard let other = value(of: bits) else { return formats }
    acceptKey(bits)
    problems.add("\(name) has both \"\(bits)\" and \"\(names)\"", at: other.place, hint: "Keep one of them.")
    return .refused
  }

  /// The width or format of what may be left out.
  func optionalOperand(_ role: String, of owner: String) -> Field<BitWidth> {
    let (bits, format) = ("\(role)_bits", "\(role)_format")
    guard value(of: format) != nil else { return optional(bits, .width) }
    let named = optional(format, .formatName)
    guard value(of: bits) != nil else { return named }
    _ = optional(bits, .width)
    problems.add("\(owner) has either \"\(bits)\" or \"\(format)\"", at: place)
    return .refused
  }

  private func operand(_ role: String, of owner: String) -> BitWidth? {
    let (bits, format) = ("\(role)_bits", "\(role)_format")
    guard value(of: format) != nil else { return required(bits, .width) }
    let named = required(format, .formatName)
    guard value(of: bits) != nil else { return named }
    _ = optional(bits, .width)
    problems.add("\(owner) has either \"\(bits)\" or \"\(format)\"", at: place)
    return nil
  }
}

extension Form<BitWidth> {
  static var width: Form {
    Form<Int>.integer(BitWidth.range).then { bits, _, _, _ in BitWidth(bits) }
  }

  /// The name of a number format, such as `bf16`.
  static var formatName: Form {
    Form<String>.text.then { text, value, name, problems in
      // Wider integers than formats are.
      if let width = BitWidth(formatName: text) { return width }
      do throws(NumberFormatError) {
        return BitWidth(format: try NumberFormat(text))
      } catch {
        problems.add("\(name) is wrong: \(error)", at: value.place)
        return nil
      }
    }
  }
}

extension Form<[BitWidth]> {
  /// Names of formats in the order of listing, each once, at least one.
  static var formatNames: Form {
    Form.list(of: .formatName, count: 1...256).then { formats, value, name, problems in
      let sorted = Set(formats).sorted()
      guard formats == sorted else {
        let order = sorted.map(\.formatName).joined(separator: ", ")
        problems.add("\(name) must have each format once, in the order \(order)", at: value.place)
        return nil
      }
      return formats
    }
  }
}
