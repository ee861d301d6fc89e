import ArgumentParser

/// `haq table`: cost tables as files.
struct TableCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "table",
    abstract: "Works with cost tables: the cost of every layer at every precision.",
    discussion: """
      A table is a .csv, .json or .npy file (docs/table.md). A .npy file has the format of HAQ's published code: shape \
      (layers, 8, 8), indexed by layer, weight bits - 1 and activation bits - 1.

      Examples:
        haq table build mobilenet-v2 --target bismo-vu9p -o costs.csv
        haq table show costs.csv
        haq table convert costs.csv -o costs.npy --clock-hz 200e6
        haq table diff costs.csv measured.csv --tolerance 0.05
      """,
    subcommands: [
      TableBuildCommand.self, TableShowCommand.self, TableConvertCommand.self, TableDiffCommand.self,
      TableImportCommand.self,
    ])
}
