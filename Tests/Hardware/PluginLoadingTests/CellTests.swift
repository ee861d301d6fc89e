import Core
import PluginLoading
import Testing

@Suite("Cells")
struct CellTests {
  static let faults: [(defines: [String], says: String)] = [
    (["FIXTURE_CELL=(0.0/0.0)"], "latency_s of layer \"classifier\" at W4A6 is nan"),
    (["FIXTURE_CELL=(1.0/0.0)"], "latency_s of layer \"classifier\" at W4A6 is inf, outside 0 ... 1e15"),
    (["FIXTURE_CELL=-1e-9"], "latency_s of layer \"classifier\" at W4A6 is -1e-09, outside"),
    (["FIXTURE_CELL=1.1e15"], "latency_s of layer \"classifier\" at W4A6 is 1100000000000000.0, outside"),
    (["FIXTURE_WRITTEN=2"], "status of layer \"classifier\" at W4A6 was not set"),
    (["FIXTURE_UNSET_STATUS"], "status of layer \"classifier\" at W4A6 was not set"),
    (["FIXTURE_STATUS=3"], "status of layer \"classifier\" at W4A6 is 3, which has no meaning"),
    (["FIXTURE_BOUND=0"], "breakdown.bound of layer \"classifier\" at W4A6 is 0, which has no meaning"),
    (
      ["FIXTURE_BOUND=1", "FIXTURE_BREAKDOWN_CELL=-3"],
      "breakdown.activation_traffic_s of layer \"classifier\" at W4A6 is -3.0, outside"
    ),
  ]

  @Test("reports a bad cell with plugin, layer, widths, column and value", arguments: faults)
  func reportsFault(defines: [String], says: String) throws {
    let model = try model(of: load(defines))
    let message = try message { _ = try model.outcomes(of: points(3), in: twoLayers) }
    #expect(message.hasPrefix("plugin test.fixture 1.2.3 is faulty: "))
    #expect(message.contains(says), "\(message)")
  }

  @Test("notices a column that is left unwritten although the status says it is there")
  func unwrittenColumn() throws {
    let model = try model(of: load(["FIXTURE_CELL=results->latency_s[i]"]))
    let message = try message { _ = try model.outcomes(of: points(1), in: twoLayers) }
    #expect(message.contains("latency_s of layer \"classifier\" at W4A6 is nan: not written"))
  }

  @Test("takes 0, the largest value, and negative zero as zero")
  func acceptsEnds() throws {
    let outcomes = try model(of: load(["FIXTURE_CELL=(i==0?0.0:i==1?-0.0:1e15)"]))
      .outcomes(of: points(3), in: twoLayers)
    let latencies = outcomes.map(\.latencySeconds)
    #expect(latencies == [0, 0, 1e15])
    #expect(latencies[1]?.sign == .plus)
  }

  @Test("keeps points that cannot be costed apart, whatever their cells hold")
  func statuses() throws {
    let outcomes = try model(of: load(["FIXTURE_STATUS=((uint32_t)i%3)", "FIXTURE_CELL=(i%3?-1.0:2.0)"]))
      .outcomes(of: points(4), in: twoLayers)
    let cost = PointOutcome.cost(Cost(values: [.latency: 2]))
    #expect(outcomes == [cost, .unsupported, .doesNotFit, cost])
  }

  @Test("asks for a breakdown of costed points only, and assigns it to the right ones")
  func breakdown() throws {
    // Point 0 cannot be costed; of the two asked about, the plugin answers with their row numbers.
    let defines = [
      "FIXTURE_STATUS=(i==0)", "FIXTURE_BOUND=(count==2?(uint32_t)i+1:9)", "FIXTURE_BREAKDOWN_CELL=(double)i",
    ]
    let outcomes = try model(of: load(defines)).outcomes(of: points(3), in: twoLayers)
    func cost(_ row: Double, _ bound: Breakdown.Bound) -> PointOutcome {
      let breakdown = Breakdown(
        computeSeconds: 1, weightTrafficSeconds: 2, activationTrafficSeconds: row, bound: bound)
      return .cost(Cost(values: [.latency: 1], breakdown: breakdown))
    }
    #expect(outcomes == [.unsupported, cost(0, .compute), cost(1, .weightTraffic)])
  }
}
