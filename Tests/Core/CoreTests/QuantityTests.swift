import Core
import Testing

@Suite("quantities as people read them")
struct QuantityTests {
  @Test(
    "four significant digits with an engineering prefix",
    arguments: [
      (0.0577, "57.70 ms"), (0.99996, "1.000 s"), (0.00999996, "10.00 ms"), (1.5e-6, "1.500 µs"),
      (0.0999996, "100.0 ms"),
      (0, "0 s"), (123.44, "123.4 s"), (2.5e-9, "2.500 ns"),
    ])
  func seconds(value: Double, text: String) { #expect(Quantity.seconds(value) == text) }

  @Test("bytes and counts are whole below a thousand")
  func wholeUnits() {
    #expect(Quantity.bytes(999) == "999 B")
    #expect(Quantity.bytes(3_470_000) == "3.470 MB")
    #expect(Quantity.count(300_774_272) == "300.8 M")
    #expect(Quantity.count(64) == "64")
    #expect(Quantity.percent(0.1234) == "12.3 %")
    #expect(Quantity.joules(0.00125) == "1.250 mJ")
  }

  @Test("one has the singular, none and several have the plural")
  func counted() {
    #expect([0, 1, 2].map { Quantity.counted($0, "point") } == ["0 points", "1 point", "2 points"])
    #expect(
      Quantity.counted(1, "policy", "policies") == "1 policy"
        && Quantity.counted(7, "policy", "policies") == "7 policies")
  }

  @Test("each metric is shown in its unit, at an axis with three digits")
  func units() {
    #expect(Quantity.cost(0.0015, .latency) == "1.500 ms")
    #expect(Quantity.cost(0.0015, .energy) == "1.500 mJ")
    for metric in [Metric.weightBytes, .trafficBytes, .bufferBytes, .peakActivationBytes] {
      #expect(Quantity.cost(1500, metric) == "1.500 kB")
    }
    #expect(Quantity.tick(0.03, .latency) == "30 ms")
    #expect(Quantity.tick(0.9996, .energy) == "1 J")
  }

  @Test("numbers at an axis have three digits, up to the largest rates of accelerators")
  func plain() {
    // Twice 624 T operations per second, and what rounds up to a thousand.
    #expect(Quantity.plain(1.248e15) == "1.25 P" && Quantity.plain(320e9) == "320 G")
    #expect(Quantity.plain(999.6) == "1 k" && Quantity.plain(999.4) == "999")
  }

  @Test("a cost is compared with uniform 8 bit where that has a cost above 0")
  func multiples() {
    // 136 of 256 are 0.53125.
    #expect(Quantity.multiple(136, of: 256) == "0.531x")
    #expect(Quantity.multiple(136, of: nil) == nil && Quantity.multiple(136, of: 0) == nil)
    #expect(
      Quantity.cost(136, .latency, beside: ReferenceCost(.eight, cost: 256))
        == "136.0 s (0.531x of uniform 8 bit)")
    #expect(Quantity.cost(136, .latency, beside: ReferenceCost(.eight, cost: nil)) == "136.0 s")
  }

  @Test("small shares keep three digits, and a correlation is 1 only when it is")
  func shares() {
    #expect(Quantity.smallPercent(0.00031) == "0.031 %" && Quantity.smallPercent(0) == "0.0 %")
    #expect(Quantity.smallPercent(0.1234) == "12.3 %")
    #expect(Quantity.coefficient(1) == "1" && Quantity.coefficient(0.99999) == "0.9999+")
    #expect(Quantity.coefficient(nil) == "-")
  }
}
