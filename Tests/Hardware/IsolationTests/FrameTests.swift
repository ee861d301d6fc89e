import Core
import Isolation
import PluginLoading
import RandomNumbers
import Testing

@Suite("Frames")
struct FrameTests {
  static let requests: [Request] = [
    .load(.plugin(PluginRequest(path: "/a/libx.so"))),
    .create(
      ModelSetup(
        targetID: "t", baseDirectory: "/specs/ü",
        parameters: [Parameter(key: "a", value: .number(-0.5)), Parameter(key: "b", value: .text(""))],
        network: twoLayers)),
    .evaluate(metrics: [.latency, .bufferBytes], points: twelvePoints),
    .breakdown(points: twelvePoints), .components(points: []), .resources,
    .breakdown(
      points: policy(Precision("int4-g128/bf16")!, outputs: [nil, BitWidth(formatName: "mxfp4"), .eight])),
    .network(
      metrics: [.latency],
      policies: ["W2A3", "W4A5", "W6A7"].map { policy(Precision($0)!, outputs: [nil, .float]) }),
    .network(metrics: [.latency], policies: []), .destroy,
  ]

  /// A point for each output.
  private static func policy(_ precision: Precision, outputs: [BitWidth?]) -> [Point] {
    outputs.enumerated().map { Point(layer: $0, precision: precision, output: $1) }
  }

  static let replies: [Reply] = [
    .confined(Confinement(landlockVersion: 7, namespaces: [.users, .network, .mounts])),
    .confined(Confinement(landlockVersion: 0, namespaces: [])),
    .log(PluginLogLine(library: "libx.so", level: .error, text: "line")),
    .loaded(
      ModelFacts(
        id: "x", version: "1", abi: ABIVersion(major: 1, minor: 2), provides: [.energy],
        providesBreakdown: true, providesNetwork: true, usesOutputWidths: true, usesFormats: true,
        isMeasured: false, maxPoints: 7)),
    .done,
    .columns(
      RawColumns(metrics: [.latency, .energy], status: [0, 1, .max], cells: [1, 2, 3, 4, 5, .infinity])!),
    .breakdown(RawBreakdown(bound: [1, 2], cells: [1, 2, 3, 4, 5, 6])!),
    .components(nil),
    .components(
      RawComponents(
        components: [
          Component(name: "a", unit: .joules, metric: .energy),
          Component(name: "b", unit: .bytes, metric: nil),
        ], values: [1, 2, 3, 4], count: 2)),
    .resources([ResourceUse(name: "LUT", used: 1, capacity: 2)]),
    .failed(.cannotOpen(library: "l", reason: "r")), .failed(.notAPlugin(library: "l")),
    .failed(
      .otherMajor(library: "l", plugin: ABIVersion(major: 1, minor: 2), host: ABIVersion(major: 3, minor: 4))),
    .failed(
      .missingFeatures(
        library: "l", bits: 1 << 63, plugin: ABIVersion(major: 1, minor: 2),
        host: ABIVersion(major: 3, minor: 4))),
    .failed(.malformed(library: "l", problem: "p")), .failed(.notRepresentable(plugin: "l", problem: "p")),
    .failed(.failed(plugin: "p", target: "t", call: .breakdown, code: -3, message: "m")),
    .unable("reason"),
  ]

  @Test("arrive as they were sent")
  func roundTrip() throws {
    // All parts are values that their description shows.
    for request in Self.requests { #expect("\(try Request(frame: request.frame))" == "\(request)") }
    for reply in Self.replies { #expect("\(try Reply(frame: reply.frame))" == "\(reply)") }
  }

  @Test("that are cut or too long are refused")
  func lengths() {
    for frame in Self.requests.map(\.frame) {
      for length in 0..<frame.count {
        #expect(throws: FrameError.self) { try Request(frame: Array(frame[..<length])) }
      }
      #expect(throws: FrameError.self) { try Request(frame: frame + [0]) }
    }
    for frame in Self.replies.map(\.frame) {
      for length in 0..<frame.count {
        #expect(throws: FrameError.self) { try Reply(frame: Array(frame[..<length])) }
      }
      #expect(throws: FrameError.self) { try Reply(frame: frame + [0]) }
    }
  }

  @Test("with policies that are not whole are refused")
  func policies() throws {
    let frame = Request.network(
      metrics: [.latency], policies: [Self.policy(Precision("W2A3")!, outputs: [.eight, .float])]
    ).frame
    // Tag, a list of one metric, then how many layers a policy has: two.
    #expect(frame[6..<10] == [2, 0, 0, 0])
    for layers: UInt8 in [0, 1, 3] {
      var other = frame
      other[6] = layers
      let error = #expect(throws: FrameError.self) { try Request(frame: other) }
      #expect(error?.problem == "has policies that are not whole")
    }
  }

  @Test("that claim more elements than they have bytes are refused before memory is taken")
  func counts() {
    // Tag 4 is a reply with columns: one metric, then 2^32 - 1 statuses.
    let frame: [UInt8] = [4, 1, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]
    let error = #expect(throws: FrameError.self) { try Reply(frame: frame) }
    #expect(error?.problem == "says 4294967295 elements, but has 0 bytes left")
  }

  @Test("with any byte changed are read or refused, and nothing else happens")
  func mutations() {
    var generator = SeededGenerator(seed: 7)
    for frame in Self.requests.map(\.frame) + Self.replies.map(\.frame) {
      for _ in 0..<2_000 {
        var mutated = frame
        for _ in 0...Int.random(in: 0..<4, using: &generator) {
          mutated[Int.random(in: mutated.indices, using: &generator)] = .random(
            in: 0...255, using: &generator)
        }
        _ = try? Request(frame: mutated)
        _ = try? Reply(frame: mutated)
      }
    }
  }

  @Test("come out of a stream whole, however it is cut")
  func stream() throws {
    let bodies: [[UInt8]] = [[1], [], Array(repeating: 2, count: 300)]
    let stream = bodies.flatMap(FrameAssembler.envelope)
    for size in [1, 2, 5, 7, 400] {
      var assembler = FrameAssembler()
      var out: [[UInt8]] = []
      for start in stride(from: 0, to: stream.count, by: size) {
        assembler.append(stream[start..<min(start + size, stream.count)])
        while let body = try assembler.next() { out.append(body) }
      }
      #expect(out == bodies)
    }
    var assembler = FrameAssembler()
    assembler.append([0, 0, 0, 0xFF][...])
    #expect(throws: FrameError.self) { try assembler.next() }
  }
}
