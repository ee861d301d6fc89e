import CHAQPlugin
import CPlatform
import Core
import Glibc
import Isolation
import PluginLoading

extension Probe {
  static let instanceTests: [String: Test] = [
    "create-destroy-1000": { probe in
      func cycle(_ count: Int) throws {
        for _ in 0..<count {
          let setup = try PluginSetup(plugin: "", probe.request.setup)
          let made = try ProbedInstance.create(probe, UnsafePointer(setup.pointer), host: probe.plugin.host)
            .get()
          probe.plugin.table.destroy(made)
        }
      }
      try cycle(10)
      let (heap, files) = (cplatform_heap_bytes(), openDescriptors())
      try cycle(1_000)
      let left = Int(cplatform_heap_bytes()) - Int(heap)
      // A language's runtime may grow its own pools; an instance that is not freed takes at least a word each.
      guard left < 8_000 else {
        throw ProbeFailure("1,000 instances, made and destroyed, leave \(left) bytes")
      }
      guard openDescriptors() <= files else { throw ProbeFailure("instances leave open files behind") }
      return .passed
    },
    "two-instances": { probe in
      let baseline = try probe.baseline()
      let first = try probe.instance()
      let second = try probe.instance { setup in
        setup.network.layers.reverse()
        for index in setup.network.layers.indices {
          setup.network.layers[index].inputChannels *= 2
          setup.network.layers[index].outputChannels *= 2
          if setup.network.layers[index].kind == .depthwise { setup.network.layers[index].groups *= 2 }
        }
        setup.network.batch *= 3
      }
      defer { second.destroy() }
      let batch = try first.answer(probe.points)
      first.destroy()
      try probe.expectEqual(baseline, batch, of: probe.points, "while another instance exists")
      return .passed
    },
    "unknown-parameter": { probe in
      let key = "haq_check_unknown"
      let failure = try probe.failure(parameter: key, capacity: 1_024)
      guard failure.code == HAQ_ERROR_INVALID else {
        throw ProbeFailure("create returns \(failure.code) for an unknown parameter, not HAQ_ERROR_INVALID")
      }
      guard failure.text.contains(key) else {
        throw ProbeFailure("the sentence about an unknown parameter does not name it: \"\(failure.text)\"")
      }
      return .passed
    },
    "short-message": { probe in
      // A key this long does not fit the shortest buffer that a host may have.
      let key = "haq_check_" + String(repeating: "long_", count: 80)
      guard case .failure(let failure) = try probe.create(parameter: key, capacity: 256) else {
        return .blocked("create accepts an unknown parameter, so there is no message")
      }
      guard !failure.isOverrun else {
        throw ProbeFailure("a message is longer than the buffer's 256 bytes, or has no end")
      }
      return .passed
    },
  ]

  private func failure(parameter: String, capacity: Int) throws -> CreateFailure {
    guard case .failure(let failure) = try create(parameter: parameter, capacity: capacity) else {
      throw ProbeFailure("create accepts the unknown parameter \(parameter)")
    }
    return failure
  }

  private func create(parameter: String, capacity: Int) throws -> Result<OpaquePointer, CreateFailure> {
    var setup = request.setup
    setup.parameters.append(Parameter(key: parameter, value: .number(1)))
    let owner = Unmanaged.passRetained(try PluginSetup(plugin: "", setup))
    return ProbedInstance.create(
      self, UnsafePointer(owner.takeUnretainedValue().pointer), host: plugin.host, capacity: capacity)
  }

  static func openDescriptors() -> Int { (0..<64).count { fcntl(Int32($0), F_GETFD) >= 0 } }
}
