import FixtureBuilding
import Foundation
import Scaffolding
import Testing

@Suite("Templates of targets")
struct TargetTemplateTests {
  typealias Kind = TargetTemplate.Kind
  private static let kinds: [Kind] =
    [.table, .roofline] + TargetTemplate.ProgramLanguage.allCases.map { .program($0) }
    + TargetTemplate.Language.allCases.flatMap { [.function($0), .plugin($0)] }

  private func names(_ kind: Kind) -> [String] { TargetTemplate(kind).files(name: "my-chip").map(\.name) }

  @Test("have a spec, the source in its language, and the header where a plugin includes it")
  func files() {
    #expect(names(.table) == ["my-chip.json"])
    #expect(names(.roofline) == ["my-chip.json"])
    #expect(names(.program(.python)) == ["my-chip.json", "my-chip.py", "haq_costs.py"])
    #expect(names(.program(.swift)) == ["my-chip.json", "main.swift", "HaqCosts.swift"])
    #expect(names(.function(.c)) == ["my-chip.json", "my-chip.c"])
    #expect(names(.function(.rust)) == ["my-chip.json", "my-chip.rs"])
    #expect(names(.plugin(.cxx)) == ["my-chip.json", "my-chip.cpp", "haq_plugin.h"])
    #expect(names(.plugin(.swift)) == ["my-chip.json", "my-chip.swift", "haq_plugin.h"])
    // Rust declares what the header says.
    #expect(names(.plugin(.rust)) == ["my-chip.json", "my-chip.rs"])
  }

  @Test("have the chosen name everywhere, and valid JSON", arguments: kinds)
  func name(_ kind: Kind) throws {
    for file in TargetTemplate(kind).files(name: "my-chip") where file.name != "haq_plugin.h" {
      #expect(!file.text.contains("NAME") && !file.text.contains("example.minimal"), "\(file.name)")
      guard file.name.hasSuffix(".json") else { continue }
      let spec = try #require(
        try JSONSerialization.jsonObject(with: Data(file.text.utf8)) as? [String: Any])
      #expect(spec["id"] as? String == "my-chip")
      #expect(spec["schema"] as? String == "haq.target/1.0")
    }
  }

  @Test("have the header of this version, byte by byte")
  func header() throws {
    let file = try #require(TargetTemplate(.plugin(.c)).files(name: "x").first { $0.name == "haq_plugin.h" })
    #expect(try file.text == String(contentsOfFile: "\(Places.pluginHeaders)/haq_plugin.h", encoding: .utf8))
  }

  @Test("are built by one command, whose module names are identifiers")
  func commands() {
    func command(_ kind: Kind) -> String? { TargetTemplate(kind).buildCommand(name: "8-bit-chip") }
    #expect(command(.table) == nil && command(.roofline) == nil && command(.program(.python)) == nil)
    #expect(command(.program(.swift)) == "swiftc -O main.swift HaqCosts.swift -o 8-bit-chip")
    #expect(
      command(.function(.c)) == "cc -O2 -shared -fPIC -fvisibility=hidden 8-bit-chip.c -o lib8-bit-chip.so")
    #expect(
      command(.plugin(.rust))
        == "rustc -O --crate-type cdylib --crate-name target_8_bit_chip 8-bit-chip.rs -o lib8-bit-chip.so")
    #expect(command(.plugin(.swift))?.contains("-module-name target_8_bit_chip ") == true)
    #expect(command(.plugin(.swift))?.contains("-import-objc-header haq_plugin.h") == true)
    #expect(command(.function(.swift))?.contains("haq_plugin.h") == false)
  }
}
