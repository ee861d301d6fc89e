import Core
import CostPrograms
import FixtureBuilding
import Foundation

/// A cost program of a few lines of Python; its files go with this object.
final class FakeProgram {
  let folder: TemporaryFolder

  static let python = "/usr/bin/python3"

  static let description = """
    {"protocol":"haq.costs/1.0","program":"fake 1","device":"none","layers":["fully-connected"],\
    "precisions":["W4A4","W8A8"],"metrics":["latency_s"],"measured":false}
    """

  /// - Parameter body: Python that answers a request `r`, with `say(keys)`, `points(r)`, `starts` (which start of the
  ///   program this is, from 1), and whatever `os`, `sys` and `time` have. Each request is written to a file.
  init(description: String = description, _ body: String) throws {
    folder = try TemporaryFolder()
    let indented = body.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n")
    try folder.write(
      """
      import json, os, signal, sys, time
      open("starts", "a").write("x")
      starts = os.path.getsize("starts")
      def say(keys): print(json.dumps({**keys, "id": r["id"]}), flush=True)
      def points(r): return r["parameters"]["points"]
      def seconds(point): return point["layer"]["in_channels"] * point["weight_bits"] / 1e9
      for line in sys.stdin:
          r = json.loads(line)
          if r["method"] == "quit": break
          open("requests", "a").write(line)
          if r["method"] == "describe" and not os.path.exists("no-description"):
              say({"description": json.loads('''\(description)''')})
              continue
      \(indented)

      """, to: "fake.py")
  }

  func launch(timeoutSeconds: Double = 30) -> CostProgramLaunch {
    CostProgramLaunch(
      words: ["python3", "fake.py"], executable: Self.python, folder: folder.path,
      timeoutSeconds: timeoutSeconds)
  }

  /// How many points each request asked about, by the order of requests.
  func asked() throws -> [Int] {
    try String(contentsOfFile: folder.path("requests"), encoding: .utf8).split(separator: "\n").compactMap {
      guard let request = try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any],
        let points = (request["parameters"] as? [String: Any])?["points"] as? [Any]
      else { return nil }
      return points.count
    }
  }
}

/// Fully connected layers of so many inputs, at a width.
func points(_ inputs: [Int], _ precision: Precision = .eight) -> [CostPoint] {
  inputs.map {
    CostPoint(Layer(name: "l\($0)", kind: .fullyConnected, inputChannels: $0, outputChannels: 1), precision)
  }
}

extension CostProgram {
  /// The latencies of points, by position; nil for what is unsupported.
  func latencies(_ points: [CostPoint], batch: Int = 1) throws -> [Int: Double?] {
    var found: [Int: Double?] = [:]
    try costs(of: points, batch: batch) { position, answer in
      if case .cost(let values) = answer.outcome {
        found[position] = values["latency_s"]
      } else {
        found[position] = .some(nil)
      }
    }
    return found
  }
}

/// The `CostProgramError` that `body` throws, nil when it throws none.
func programError(_ body: () throws -> Void) throws -> CostProgramError? {
  do {
    try body()
    return nil
  } catch let error as CostProgramError {
    return error
  }
}
