import ArgumentParser

/// `haq policy`: everything about policy files that needs no search.
struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy",
    abstract: "Shows, compares, checks, edits and creates policy files.",
    discussion: """
      Examples:
        haq policy uniform fashion-mobilenet-v2 --bits W4A6 --ends W8A8 -o w4a6.json
        haq policy apply w4a6.json --set 'block?.depthwise=W8A4' -o edited.json
        haq policy diff w4a6.json edited.json
        haq policy validate edited.json fashion-mobilenet-v2 --target bismo-zynq7020
      """,
    subcommands: [
      PolicyShowCommand.self, PolicyDiffCommand.self, PolicyApplyCommand.self, PolicyUniformCommand.self,
      PolicyValidateCommand.self,
    ])
}
