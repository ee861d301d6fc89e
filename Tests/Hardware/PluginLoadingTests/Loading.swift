import Core
import FixtureBuilding
import PluginLoading
import Synchronization

/// Collects what a plugin logs.
final class Lines: Sendable {
  private let lines = Mutex<[PluginLogLine]>([])

  var all: [PluginLogLine] { lines.withLock { $0 } }
  var texts: [String] { all.map(\.text) }

  func append(_ line: PluginLogLine) { lines.withLock { $0.append(line) } }
}

/// Compiles the fixture with the given properties and loads it.
func load(_ defines: [String] = [], source: String = "fixture.c", lines: Lines = Lines()) throws
  -> LoadedPlugin
{
  let library = try FixtureLibrary(source, defines: defines)
  // The file must still be there when it is opened.
  return try withExtendedLifetime(library) { try LoadedPlugin(path: $0.path, log: lines.append) }
}

/// The text of the `PluginError` that `body` throws, "" when it throws none.
func message(of body: () throws -> Void) throws -> String {
  do {
    try body()
    return ""
  } catch let error as PluginError {
    return error.description
  }
}

func model(of plugin: LoadedPlugin, parameters: [Parameter] = []) throws -> PluginCostModel {
  try PluginCostModel(
    plugin: plugin, targetID: "some-target", baseDirectory: "/specs", parameters: parameters,
    metrics: [.latency])
}

let twoLayers = Network(
  name: "two layers", batch: 5,
  layers: [
    Layer(
      name: "first conv", kind: .convolution, groups: 3, inputChannels: 6, outputChannels: 7,
      input: Extent(height: 8, width: 9), output: Extent(height: 10, width: 11),
      kernel: Extent(height: 12, width: 13), stride: Extent(height: 14, width: 15)),
    Layer(name: "classifier", kind: .fullyConnected, inputChannels: 16, outputChannels: 17),
  ])

/// `count` points of the second layer at W4A6.
func points(_ count: Int) -> [Point] {
  Array(repeating: Point(layer: 1, precision: Precision("W4A6")!), count: count)
}

extension PointOutcome {
  /// Nil for a point that was not costed.
  var latencySeconds: Double? { if case .cost(let cost) = self { cost[.latency] } else { nil } }
}
