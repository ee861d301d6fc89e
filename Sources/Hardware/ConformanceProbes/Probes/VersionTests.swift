import CHAQPlugin
import Core
import Glibc
import Isolation
import PluginLoading

extension Probe {
  static let versionTests: [String: Test] = [
    // Every struct ends where readable memory ends, so that reading on is noticed.
    "older-host": { probe in
      let baseline = try probe.baseline()
      let owner = try PluginSetup(plugin: probe.plugin.facts.title, minor: 0, probe.request.setup)
      var setup = owner.pointee
      let layers = UnsafeRawBufferPointer(
        start: setup.layers, count: Int(setup.layer_count) * Int(setup.layer_size))
      setup.layers = try UnsafePointer(atPageEnd(layers).assumingMemoryBound(to: haq_layer.self))
      let laidOut = try withUnsafeBytes(of: setup) {
        try atPageEnd(UnsafeRawBufferPointer(rebasing: $0.prefix(Int(setup.struct_size))))
      }
      var host = probe.plugin.host.pointee
      host.abi_minor = 0
      let hosting = try withUnsafeBytes(of: host) { try atPageEnd($0) }
      let instance = try ProbedInstance(
        probe, UnsafePointer(laidOut.assumingMemoryBound(to: haq_setup.self)), keeping: owner,
        host: UnsafePointer(hosting.assumingMemoryBound(to: haq_host.self)))
      defer { instance.destroy() }
      try probe.expectEqual(
        baseline, try instance.answer(probe.points), of: probe.points, "from a host of version 1.0")
      return .passed
    },
    // Every struct and every layer is longer than this version knows.
    "newer-host": { probe in
      let baseline = try probe.baseline()
      let owner = try PluginSetup(plugin: probe.plugin.facts.title, probe.request.setup)
      var setup = owner.pointee
      setup.struct_size += 64
      setup.layers = padded(setup.layers, count: Int(setup.layer_count), tail: 40)
      setup.layer_size += 40
      var host = probe.plugin.host.pointee
      host.struct_size += 64
      host.abi_minor += 1
      let instance = try ProbedInstance(
        probe, padded([setup], count: 1, tail: 64), keeping: owner, host: padded([host], count: 1, tail: 64))
      defer { instance.destroy() }
      let batch = try instance.answer(probe.points, extraSize: 64)
      try probe.expectEqual(
        baseline, batch, of: probe.points, "from a host whose structs, and layers in their array, are longer")
      return .passed
    },
  ]

  /// A copy whose last byte is the last of a page, before one that cannot be read. Never released.
  private static func atPageEnd(_ bytes: UnsafeRawBufferPointer) throws -> UnsafeMutableRawPointer {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let length = (bytes.count + page - 1) / page * page
    guard let base = mmap(nil, length + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      base != MAP_FAILED, mprotect(base + length, page, PROT_NONE) == 0
    else { throw ProbeFailure("there is no memory for the test") }
    let copy = base + length - bytes.count
    UnsafeMutableRawBufferPointer(start: copy, count: bytes.count).copyMemory(from: bytes)
    return copy
  }

  /// Copies with `tail` bytes of 0xAA behind each. Never released.
  private static func padded<Value: BitwiseCopyable>(
    _ values: UnsafePointer<Value>, count: Int, tail: Int
  ) -> UnsafePointer<Value> {
    let stride = MemoryLayout<Value>.stride + tail
    let memory = UnsafeMutableRawPointer.allocate(byteCount: count * stride, alignment: 8)
    memset(memory, 0xAA, count * stride)
    for index in 0..<count {
      memory.storeBytes(of: values[index], toByteOffset: index * stride, as: Value.self)
    }
    return UnsafePointer(memory.assumingMemoryBound(to: Value.self))
  }
}

extension PluginSetup {
  fileprivate var pointee: haq_setup { pointer.pointee }
}
