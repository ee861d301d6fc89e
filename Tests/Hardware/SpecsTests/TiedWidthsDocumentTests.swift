import Core
import Diagnostics
import Foundation
import Specs
import Testing

struct TiedWidthsDocumentTests {
  private let network = Network(
    name: "net",
    layers: ["stem", "left", "right"].map {
      Layer(name: $0, kind: .fullyConnected, inputChannels: 4, outputChannels: 4)
    })

  private func positions(_ text: String) throws -> [[Int]] {
    try TiedWidthsDocument.read(Data(text.utf8), file: "c.json").document.positions(in: network)
  }

  private func problems(_ text: String) throws -> [String] {
    let thrown = #expect(throws: Diagnostics.self) { try positions(text) }
    return try #require(thrown).all.map(\.description)
  }

  @Test("groups become positions of layers; reasons may stand or not; no group ties nothing")
  func reading() throws {
    #expect(
      try positions(
        #"{"schema": "haq.tied-widths/1.0", "groups": [{"layers": ["right", "left"], "reasons": ["so"]}]}"#)
        == [[2, 1]])
    #expect(try positions(#"{"schema": "haq.tied-widths/1.0", "groups": []}"#) == [])
  }

  @Test("every wrong name and every layer that stands twice is reported at its place")
  func names() throws {
    let found = try problems(
      """
      {"schema": "haq.tied-widths/1.0", "groups": [
        {"layers": ["stem", "lift"]},
        {"layers": ["right", "stem"]}]}
      """)
    #expect(found.count == 2)
    #expect(found[0].hasPrefix("c.json:2:23: error: network \"net\" has no layer \"lift\""))
    #expect(found[0].contains("left"))
    #expect(
      found[1].hasPrefix("c.json:3:24: error: layer \"stem\" appears twice; it first appears at c.json:2:15"))
  }

  @Test("a group of one layer, an unknown key and another schema are refused")
  func forms() throws {
    #expect(
      try problems(#"{"schema": "haq.tied-widths/1.0", "groups": [{"layers": ["stem"]}]}"#)[0]
        .contains("1 entries; it must have at least 2"))
    #expect(
      try problems(#"{"schema": "haq.tied-widths/1.0", "groups": [], "group": []}"#)[0].contains("group"))
    #expect(
      try problems(#"{"schema": "haq.policy/1.0", "groups": []}"#)[0]
        .contains("this reads \"haq.tied-widths/1.0\""))
  }
}
