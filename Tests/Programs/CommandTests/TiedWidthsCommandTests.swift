import Documents
import FixtureBuilding
import Foundation
import Testing

final class TiedWidthsCommandTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws {
    temporary = try TemporaryFolder()
  }

  private func haq(_ arguments: String...) throws -> ProgramRun { try ProgramRun(arguments, in: folder) }

  private func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
  }

  @Test("network show gives the layers of tied widths as a document, and the memory at 8 bit")
  func shown() throws {
    let run = try haq("network", "show", "resnet-18", "--format", "json")
    let shown = try run.document(NetworkDescriptionDocument.self)
    // He et al. 2016, figure 3: the shortcut of each stage but the first reads what its main path reads.
    #expect(shown.tiedWidths.schema == "haq.tied-widths/1.0")
    #expect(
      shown.tiedWidths.groups.map(\.layers)
        == (2...4).map { ["stage\($0).block1.conv1", "stage\($0).block1.downsample"] })
    // The max pooling reads 64x112x112 and writes 64x56x56, a byte each.
    #expect(shown.uniform8Bit.peakActivationBytes == 802_816 + 200_704)
  }

  @Test("a policy that breaks a tie is warned of at its place; stated groups are demanded")
  func broken() throws {
    _ = try haq("policy", "uniform", "resnet-18", "--bits", "W4A4", "-o", "a.json")
    let whole = try haq("policy", "validate", "a.json", "resnet-18")
    #expect(whole.exitCode == 0 && whole.errors == "")
    _ = try haq("policy", "apply", "a.json", "--set", "stage2.block1.downsample=W4A6", "-o", "b.json")
    let warned = try haq("policy", "validate", "b.json", "resnet-18")
    #expect(warned.exitCode == 0)
    #expect(warned.errors.contains("b.json:") && warned.errors.contains("warning"))
    #expect(warned.errors.contains("\"stage2.block1.conv1\" 4, \"stage2.block1.downsample\" 6 bits"))

    try write(
      #"{"schema": "haq.tied-widths/1.0", "groups": [{"layers": ["stage2.block1.conv1", "stage2.block1.downsample"]}]}"#,
      to: "stated.json")
    let refused = try haq("policy", "validate", "b.json", "resnet-18", "--tied-widths", "stated.json")
    #expect(refused.exitCode == 1 && refused.errors.contains("tied by stated.json"))
    try write(#"{"schema": "haq.tied-widths/1.0", "groups": []}"#, to: "none.json")
    let free = try haq("policy", "validate", "b.json", "resnet-18", "--tied-widths", "none.json")
    #expect(free.exitCode == 0 && free.errors == "")
  }
}
