import Core

extension TargetSpec {
  static func evidenceForm(sources: [Source]?) -> Form<Evidence> {
    evidence.then { evidence, value, name, problems in
      guard sources != [] || evidence.status == .unvalidated else {
        problems.add(
          "\(name) says \"\(evidence.status.rawValue)\", but \"sources\" says that every number is an assumption",
          at: value.place, hint: "Name the sources, or say \"unvalidated\".")
        return nil
      }
      return evidence
    }
  }

  private static let evidence = Form<Evidence>.object { reader in
    let status = reader.required("status", .word(Evidence.Status.allCases.map(\.rawValue)))
    let statement = reader.required("statement", .text)
    guard let status = status.flatMap(Evidence.Status.init(rawValue:)), let statement else { return nil }
    return Evidence(status, statement)
  }
}

extension Evidence {
  /// Of a spec whose `sources` are the text "assumption".
  static let ofAssumptions = Evidence(.unvalidated, "every number is an assumption.")
}
