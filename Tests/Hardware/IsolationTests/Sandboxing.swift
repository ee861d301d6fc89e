import Core
import FixtureBuilding
import Isolation
import PluginLoading
import Synchronization

/// Collects what a library logs.
final class Lines: Sendable {
  private let lines = Mutex<[PluginLogLine]>([])

  var texts: [String] { lines.withLock { $0.map(\.text) } }

  func append(_ line: PluginLogLine) { lines.withLock { $0.append(line) } }
}

/// Compiles the fixture with the given properties and loads it in a sandbox.
func sandboxed(
  _ defines: [String], source: String = "fixture.c", timeoutSeconds: Double = 30, memory: Int = 4 << 30,
  lines: Lines = Lines()
) throws -> SandboxedLibrary {
  let file = try FixtureLibrary(source, defines: defines)
  let bytes = try withExtendedLifetime(file) { try TrustedFile.bytes(of: $0.path, limit: 1 << 28) }
  return try SandboxedLibrary(
    SealedLibrary(path: "/plugins/libfixture.so", bytes: bytes),
    as: .plugin(PluginRequest(path: "/plugins/libfixture.so")),
    sandbox: try Places.builtLibrary("haq-sandbox"),
    limits: SandboxLimits(timeoutSeconds: timeoutSeconds, addressSpaceBytes: memory), log: lines.append)
}

func model(of library: some ModelLibrary) throws -> PluginCostModel {
  try PluginCostModel(
    library: library, targetID: "some-target", baseDirectory: "/specs",
    parameters: [Parameter(key: "a", value: .number(2)), Parameter(key: "b", value: .text("word"))],
    metrics: [.latency])
}

/// The costs of twelve points: six precisions of each of two layers.
func outcomes(_ library: some ModelLibrary) throws -> [PointOutcome] {
  try model(of: library).outcomes(of: twelvePoints, in: twoLayers)
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

let twelvePoints = (0..<2).flatMap { layer in
  ["W1A2", "W2A2", "W4A6", "W8A8", "W16A4", "W32A1"].map {
    Point(layer: layer, precision: Precision($0)!)
  }
}

/// The text of the error that `body` throws, "" when it throws none.
func message(of body: () throws -> Void) -> String {
  do {
    try body()
    return ""
  } catch { return "\(error)" }
}
