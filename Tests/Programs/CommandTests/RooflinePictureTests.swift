import FixtureBuilding
import Foundation
import Testing

@Suite("the picture of haq cost --chart")
struct RooflinePictureTests {
  private let folder: MeasuredFolder

  init() throws { folder = try MeasuredFolder() }

  /// The parameters of a shipped target, as its spec states them.
  private func parameters(_ target: String) throws -> [String: Any] {
    let data = try Data(contentsOf: URL(filePath: "\(Places.package)/hardware-specs/\(target).json"))
    let spec = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    return try #require(spec["parameters"] as? [String: Any])
  }

  private func picture(_ target: String, _ network: String, _ bits: String) throws -> RooflinePicture {
    let run = try folder.run([
      "cost", network, "--target", target, "--bits", bits, "--chart", "\(target).svg",
    ])
    try #require(run.exitCode == 0, "\(run.errors)")
    return try RooflinePicture(try folder.read("\(target).svg"))
  }

  @Test(
    "the memory's roof of a shared path is the rate that the spec states, whatever the network and the bits",
    arguments: ["nvidia-t4", "nvidia-a100", "edge-npu"], [("small.json", "W4A4"), ("mobilenet-v2", "W4A8")])
  func shared(target: String, network: (String, String)) throws {
    let memory = try #require(try parameters(target)["memory"] as? [String: Any])
    try #require(memory["paths"] as? String == "shared")
    let rate = try #require(memory["weight_bytes_per_s"] as? Double)
    try #require(rate == memory["activation_bytes_per_s"] as? Double)
    let picture = try picture(target, network.0, network.1)
    #expect(abs(picture.statedBandwidth / rate - 1) < 0.005)
    for end in picture.slope { #expect(abs(end.throughput / end.intensity / rate - 1) < 0.01) }
    try expectBelowRoofs(picture)
  }

  @Test("separate paths add up", arguments: [("small.json", "W4A4"), ("mobilenet-v1", "W2A8")])
  func separate(network: String, bits: String) throws {
    let memory = try #require(try parameters("cortex-m7")["memory"] as? [String: Any])
    try #require(memory["paths"] as? String == "separate")
    let weights = try #require(memory["weight_bytes_per_s"] as? Double)
    let activations = try #require(memory["activation_bytes_per_s"] as? Double)
    let picture = try picture("cortex-m7", network, bits)
    #expect(abs(picture.statedBandwidth / (weights + activations) - 1) < 0.005)
    try expectBelowRoofs(picture)
  }

  @Test("both streams of the overlay, and the one interface of BitFusion, at their clocks")
  func cycles() throws {
    let bismo = try parameters("bismo-vu9p")
    let clock = try #require(bismo["clock_hz"] as? Double)
    let bits = try ["weights", "activations"].map {
      try #require((bismo[$0] as? [String: Any])?["stream_bits_per_cycle"] as? Double)
    }
    let streams = try picture("bismo-vu9p", "small.json", "W4A4")
    #expect(abs(streams.statedBandwidth / ((bits[0] + bits[1]) * clock / 8) - 1) < 0.005)
    try expectBelowRoofs(streams)

    let bitfusion = try parameters("bitfusion-eyeriss")
    let dram = try #require((bitfusion["dram"] as? [String: Any])?["bits_per_cycle"] as? Double)
    let rate = dram * (try #require(bitfusion["clock_hz"] as? Double)) / 8
    let shared = try picture("bitfusion-eyeriss", "small.json", "W4A4")
    #expect(abs(shared.statedBandwidth / rate - 1) < 0.005)
    try expectBelowRoofs(shared)
  }

  @Test("without overheads, what waits for the memory is on its roof, and each flat roof is in the picture")
  func touching() throws {
    // The edge NPU has no overhead: a layer that waits for its one interface attains all of its bandwidth.
    let picture = try picture("edge-npu", "small.json", "W4A4")
    let waiting = picture.points.filter { $0.title.contains("bound by") && !$0.title.hasSuffix("compute") }
    #expect(waiting.count > 2)
    for point in waiting {
      #expect(abs(point.throughput / point.intensity / picture.statedBandwidth - 1) < 0.01, "\(point)")
    }
    #expect(picture.flat.count == 2)
    // 1.6384 and 6.5536 T operations/s at W8A8 and W4A4, of the spec.
    for (roof, peak) in zip(picture.flat, [1.6384e12, 6.5536e12]) {
      #expect(abs(roof.throughput / peak - 1) < 0.01)
      // It begins where the slope ends: at peak / bandwidth.
      #expect(abs(roof.intensity / (peak / 6.4e9) - 1) < 0.01)
    }
  }

  private func expectBelowRoofs(_ picture: RooflinePicture) throws {
    #expect(picture.points.count > 10)
    for point in picture.points {
      let peak = try #require(picture.statedPeaks[point.precision], "\(point)")
      #expect(point.throughput < peak * 1.01, "\(point)")
      #expect(point.throughput < point.intensity * picture.statedBandwidth * 1.01, "\(point)")
    }
  }
}

/// A roofline as one reads it: positions against the numbers at its axes.
private struct RooflinePicture {
  struct Place {
    var intensity: Double
    var throughput: Double
    var title = ""
    /// That of its title, such as `W8A8`.
    var precision: String { title.firstMatch(of: #/ at (W[0-9]+A[0-9]+):/#).map { String($0.1) } ?? "" }
  }

  var points: [Place] = []
  /// Where the memory's roof begins and ends.
  var slope: [Place] = []
  /// Where each roof of computing begins.
  var flat: [Place] = []
  /// Bytes per second, in words.
  var statedBandwidth = 0.0
  /// Operations per second by precision, in words.
  var statedPeaks: [String: Double] = [:]

  init(_ svg: String) throws {
    let texts = svg.matches(of: /<text [^>]*x="([0-9.]+)" y="([0-9.]+)" text-anchor="(\w+)">([^<]*)<\/text>/)
      .map { (x: Double($0.1)!, y: Double($0.2)!, anchor: String($0.3), text: String($0.4)) }
    // Numbers of the axes are below the lowest and left of the first line of the grid.
    let x = try Axis(
      texts.filter { $0.y == 518 && $0.anchor == "middle" }.map { (Self.number($0.text), $0.x) })
    let y = try Axis(
      texts.filter { $0.x == 84 && $0.anchor == "end" }.map { (Self.number($0.text), $0.y - 4) })
    for mark in svg.matches(of: /<path [^>]*d="M([0-9.]+) ([0-9.]+)m[^>]*><title>([^<]*)<\/title>/)
    where mark.3.contains(" at ") {
      points.append(
        Place(
          intensity: x.value(Double(mark.1)!), throughput: y.value(Double(mark.2)!), title: String(mark.3)))
    }
    let line = /<line class="([^"]*)"[^>]* x1="([0-9.]+)" y1="([0-9.]+)" x2="([0-9.]+)" y2="([0-9.]+)"/
    for match in svg.matches(of: line) {
      let ends = [(match.2, match.3), (match.4, match.5)].map {
        Place(intensity: x.value(Double($0.0)!), throughput: y.value(Double($0.1)!))
      }
      if match.1 == "diagonal" { slope = ends }
      if match.1.hasPrefix("roof") { flat.append(ends[0]) }
    }
    for text in texts.map(\.text) {
      if let stated = text.firstMatch(of: /slope: at most ([0-9.]+ [kMGTP]?)B\/s/) {
        statedBandwidth = Self.number(String(stated.1))
      }
      if let stated = text.firstMatch(of: /(W[0-9]+A[0-9]+): at most ([0-9.]+ [kMGTP]?) operations/) {
        statedPeaks[String(stated.1)] = Self.number(String(stated.2))
      }
    }
    try #require(statedBandwidth > 0 && !statedPeaks.isEmpty && slope.count == 2)
  }

  private static func number(_ text: String) -> Double {
    let parts = text.split(separator: " ")
    let scale = ["k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15]
    return Double(parts[0])! * (parts.count > 1 ? scale[String(parts[1])]! : 1)
  }

  /// A logarithmic axis, by its first and last number.
  private struct Axis {
    let (low, high): ((number: Double, pixel: Double), (number: Double, pixel: Double))

    init(_ labels: [(Double, Double)]) throws {
      let sorted = labels.sorted { $0.0 < $1.0 }
      try #require(sorted.count > 1)
      (low, high) = (sorted[0], sorted[sorted.count - 1])
    }

    func value(_ pixel: Double) -> Double {
      low.number * pow(high.number / low.number, (pixel - low.pixel) / (high.pixel - low.pixel))
    }
  }
}
