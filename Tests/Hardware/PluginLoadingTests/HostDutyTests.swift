import Core
import PluginLoading
import Testing

/// What the host owes a plugin, as a plugin sees it that watches.
@Suite("Duties of the host")
struct HostDutyTests {
  private let parameters = [
    Parameter(key: "clock_hz", value: .number(2e8)), Parameter(key: "kind", value: .text("array")),
  ]

  @Test("a setup, with all that it points to, stays as it was until destroy returns (H-13)")
  func setupIsKept() throws {
    let lines = Lines()
    let plugin = try load(source: "keeping.c", lines: lines)
    // One point for each call, and other instances of other setups in between.
    let both = [0, 1, 0].map { Point(layer: $0, precision: .eight) }
    for _ in 0..<3 {
      let outcomes = try model(of: plugin, parameters: parameters).outcomes(of: both, in: twoLayers)
      #expect(outcomes.map(\.latencySeconds) == [1, 2, 1])
      _ = try model(of: plugin).outcomes(
        of: points(1), in: Network(name: "other", layers: twoLayers.layers.reversed()))
    }
    #expect(lines.texts.count { $0 == "destroyed with its setup" } == 6)
    #expect(!lines.texts.contains("the setup has changed"))
  }

  @Test("calls of one instance never overlap, those of others may, and services answer on any thread (H-16)")
  func callsAreSerial() async throws {
    let lines = Lines()
    let plugin = try load(source: "keeping.c", lines: lines)
    let model = try model(of: plugin, parameters: parameters)
    let both = [1, 0].map { Point(layer: $0, precision: .eight) }
    let found = try await withThrowingTaskGroup(of: [Double?].self) { group in
      for _ in 0..<8 {
        group.addTask { try model.outcomes(of: both, in: twoLayers).map(\.latencySeconds) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(found == Array(repeating: [2, 1], count: 8))
    #expect(!lines.texts.contains("calls overlap") && !lines.texts.contains("the setup has changed"))
    #expect(lines.texts.count { $0 == "destroyed with its setup" } == 8)
    #expect(lines.texts.count { $0 == "services answer on another thread" } == 16)
  }

  @Test("the entry may be called again at any time, and is the same table then (H-9)")
  func entryIsConstant() throws {
    let plugin = try load(source: "keeping.c")
    let again = try #require(plugin.entry(plugin.host))
    #expect(try #require(plugin.entry(plugin.host)) == again)
    #expect(plugin.id == "test.keeping")
  }
}
