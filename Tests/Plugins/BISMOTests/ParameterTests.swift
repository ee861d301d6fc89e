import Core
import PluginDesigns
import PluginLoading
import Testing

@Suite("Parameters of bismo")
struct ParameterTests {
  static let layer = Layer(name: "classifier", kind: .fullyConnected, inputChannels: 4, outputChannels: 4)

  /// What the plugin says about the cloud design after `change`.
  static func complaint(_ change: (inout [String: Parameter.Value]) -> Void) throws -> String {
    try Design.spec("bismo-vu9p").complaint(about: layer, after: change)
  }

  @Test("has no parameter that may be left out")
  func missing() throws {
    let keys = try Design.spec("bismo-vu9p").parameters.keys.sorted()
    #expect(keys.count == 13)
    for key in keys {
      let complaint = try Self.complaint { $0[key] = nil }
      #expect(complaint.contains("(invalid): a parameter is missing: parameter \"\(key)\" must be "))
    }
  }

  @Test("names an unknown parameter and those that exist")
  func unknown() throws {
    let complaint = try Self.complaint { $0["array.row"] = .number(1) }
    #expect(complaint.contains("unknown parameter \"array.row\"; bismo has activations.buffer_words, "))
    #expect(complaint.hasSuffix("weights.stream_bits_per_cycle"))
  }

  static let illegalValues: [(key: String, value: Parameter.Value, says: String)] = [
    ("array.rows", .number(0), "must be a whole number from 1 to 4096"),
    ("array.rows", .number(4097), "must be a whole number from 1 to 4096"),
    ("array.columns", .number(2.5), "must be a whole number from 1 to 4096"),
    ("array.depth_bits", .text("256"), "must be a whole number from 1 to 65536"),
    ("weights.buffer_words", .number(-1), "must be a whole number from 1 to 16777216"),
    ("clock_hz", .number(0), "must be a number from 1 to 1000000000000"),
    ("clock_hz", .number(.nan), "must be a number from 1 to"),
    ("clock_hz", .number(.infinity), "must be a number from 1 to"),
    ("remainder", .text("Beats"), "must be \"full-word\" or \"beats\""),
    ("machine", .text("stream"), "must be \"overlay\" or \"streams\""),
    ("remainder", .number(1), "must be \"full-word\" or \"beats\""),
    ("batching.convolution", .text("rows"), "must be \"columns\" or \"one-by-one\""),
    ("depthwise.channels_per_pass", .number(17), "must be at most array.rows, 16"),
  ]

  @Test("names an illegal parameter and what is allowed", arguments: illegalValues)
  func illegal(key: String, value: Parameter.Value, says: String) throws {
    let complaint = try Self.complaint { $0[key] = value }
    #expect(complaint.contains("parameter \"\(key)\" \(says)"), "\(complaint)")
  }
}
