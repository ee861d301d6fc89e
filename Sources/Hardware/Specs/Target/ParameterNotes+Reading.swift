import Core
import Diagnostics

extension TargetSpec {
  /// Notes by the dotted key of a parameter that the spec has; `parameters` is nil when they are themselves wrong.
  static func parameterNotesForm(for parameters: [Parameter]?) -> Form<[String: ParameterNote]> {
    Form { value, name, problems in
      guard case .object(let members) = value.content else {
        problems.add("\(name) must be an object, not \(value.phrase)", at: value.place)
        return nil
      }
      var notes: [String: ParameterNote] = [:]
      for member in members {
        if let keys = parameters?.map(\.key), !keys.contains(member.key) {
          problems.add(
            "\(name) has a note on \"\(member.key.prefix(60))\", which is not a parameter of this spec",
            at: member.keyPlace, hint: Suggestion.sentence(for: member.key, among: keys))
          continue
        }
        notes[member.key] = note.read(member.value, "\"parameter_notes.\(member.key)\"", problems)
      }
      return notes.count == members.count ? notes : nil
    }
  }

  private static let note = Form<ParameterNote>.object { reader in
    let unit = reader.optional("unit", .text)
    let source = reader.optional("source", .text)
    return ParameterNote(unit: unit.value, source: source.value)
  }
}
