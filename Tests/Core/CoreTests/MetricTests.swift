import Core
import Testing

@Suite("metrics, and how costs of layers make that of a network")
struct MetricTests {
  @Test("peak activation bytes are a metric, but none that a cost model states")
  func cases() {
    #expect(Set(Metric.allCases).subtracting(Metric.ofTargets) == [.peakActivationBytes])
    #expect(Metric.allCases.count == 6 && Metric.ofTargets.count == 5)
  }

  @Test("a metric has a name for files, one for options and one for people")
  func names() {
    #expect(Metric.latency.rawValue == "latency_s" && Metric.latency.key == "latency")
    #expect(Metric.peakActivationBytes.title == "peak activation bytes")
    #expect(Metric.energy.unit == .joules && Metric.energy.unit.name == "joules")
  }

  @Test("a cost holds every metric, and gives back what it was given")
  func cost() {
    var cost = Cost(values: [.latency: 1, .peakActivationBytes: 2])
    cost[.energy] = 3
    #expect(cost.values == [.latency: 1, .peakActivationBytes: 2, .energy: 3])
    #expect(cost[.trafficBytes] == nil)
  }

  @Test("layers that run one after another add up; layers that share a resource need the largest")
  func aggregates() {
    #expect(Metric.Aggregate.sum.total([1, 2, 4]) == 7 && Metric.Aggregate.max.total([1, 4, 2]) == 4)
    #expect(Metric.Aggregate.max.total([]) == 0)
  }
}
