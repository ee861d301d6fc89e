import Core
import FixtureBuilding
import PluginLoading
import Testing

@Suite("Negotiation")
struct NegotiationTests {
  @Test("accepts a plugin of this version and reads its table")
  func accepts() throws {
    let plugin = try load()
    #expect(plugin.id == "test.fixture")
    #expect(plugin.version == "1.2.3")
    #expect(plugin.abi == ABIVersion(major: 1, minor: 1))
    #expect(plugin.provides == [.latency])
    #expect(!plugin.providesBreakdown)
    #expect(!plugin.isMeasured)
  }

  @Test("reads the known prefix of a larger table of a newer minor version")
  func newerMinor() throws {
    let plugin = try load(["FIXTURE_SIZE=112", "FIXTURE_MINOR=7"])
    #expect(plugin.abi == ABIVersion(major: 1, minor: 7))
    #expect(try model(of: plugin).outcomes(of: points(1), in: twoLayers).count == 1)
  }

  /// What the compiler is reported, and what the message must say.
  static let refusals: [(defines: [String], says: [String])] = [
    (["FIXTURE_MAJOR=2"], ["libfixture.so", "built for plugin ABI 2.1", "speaks ABI 1.1", "Rebuild"]),
    (["FIXTURE_MAJOR=0", "FIXTURE_MINOR=9"], ["ABI 0.9", "ABI 1.1"]),
    (["FIXTURE_SIZE=72"], ["libfixture.so", "haq_plugin.struct_size is 72", "the 80 of ABI 1.0"]),
    (["FIXTURE_SIZE=0"], ["struct_size is 0"]),
    (["FIXTURE_SIZE=84"], ["struct_size is 84", "multiple of 8"]),
    (["FIXTURE_FEATURES=0x8000000000000020"], ["bit 5, bit 63", "ABI 1.1", "Update this program"]),
    (["FIXTURE_EVALUATE=NULL"], ["evaluate, which is required, is NULL"]),
    (["FIXTURE_CREATE=NULL"], ["create, which is required, is NULL"]),
    (["FIXTURE_DESTROY=NULL"], ["destroy, which is required, is NULL"]),
    (["FIXTURE_ID=NULL"], ["id, which is required, is NULL or empty"]),
    (["FIXTURE_ID=\"\""], ["id, which is required, is NULL or empty"]),
    (["FIXTURE_NO_TABLE"], ["haq_plugin_entry returned NULL"]),
    (["FIXTURE_BOUND=1", "FIXTURE_BREAKDOWN_SIZE=8"], ["haq_breakdown.struct_size is 8", "the 16"]),
  ]

  @Test("refuses a table that it cannot use, saying why", arguments: refusals)
  func refuses(defines: [String], says: [String]) throws {
    let message = try message { _ = try load(defines) }
    for part in says { #expect(message.contains(part), "\(message)") }
  }

  @Test("says that a library without the entry point is not a plugin")
  func noEntry() throws {
    let message = try message { _ = try load(source: "not_a_plugin.c") }
    #expect(message.contains("libfixture.so is not a plugin: it does not export haq_plugin_entry"))
    #expect(message.contains("model.kind = function"))
  }

  @Test("names the file when there is no library, and never searches for a bare name")
  func missingFile() throws {
    let absent = try message { _ = try LoadedPlugin(path: "/nowhere/libabsent.so") }
    #expect(absent.hasPrefix("cannot load /nowhere/libabsent.so: "))
    // The C library is on every search path, so only a search could find it.
    let bare = try message { _ = try LoadedPlugin(path: "libc.so.6") }
    #expect(bare.hasPrefix("cannot load libc.so.6: "))
  }

  @Test(
    "a library whose other symbols do not resolve is refused when it is loaded, not when it is asked (H-7)")
  func undefinedSymbol() throws {
    let message = try message {
      _ = try load(["FIXTURE_CELL=({extern double not_in_any_library(void);not_in_any_library();})"])
    }
    #expect(message.contains("cannot load") && message.contains("not_in_any_library"), "\(message)")
  }

  @Test("says which metrics a plugin has when a target promises another")
  func metricNotProvided() throws {
    let plugin = try load()
    let message = try message {
      _ = try PluginCostModel(
        plugin: plugin, targetID: "t", baseDirectory: "/", parameters: [], metrics: [.latency, .energy])
    }
    #expect(message.contains("test.fixture 1.2.3 does not provide energy; it provides latency"))
  }
}
