// The smallest honest plugin, in Swift: a layer takes as long as its products of single bits, at a fixed number a
// second. Everything that the header declares arrives through -import-objc-header.
import Glibc

/// One target with one network; the host keeps `setup` alive until `destroy`.
final class Instance {
  let setup: UnsafePointer<haq_setup>
  let bitProductsPerSecond: Double

  init(_ setup: UnsafePointer<haq_setup>, bitProductsPerSecond: Double) {
    self.setup = setup
    self.bitProductsPerSecond = bitProductsPerSecond
  }

  /// The instance that `create` handed out as `pointer`.
  static func at(_ pointer: OpaquePointer) -> Instance {
    Unmanaged<Instance>.fromOpaque(UnsafeRawPointer(pointer)).takeUnretainedValue()
  }

  /// Seconds of one point.
  func latency(_ point: haq_point) -> Double {
    let macs = haq_layer_macs(haq_layer_at(setup, point.layer))
    return macs * Double(point.weight_bits) * Double(point.activation_bits) / bitProductsPerSecond
  }
}

/// Integers, and 16-bit floats, which this machine multiplies as integers of 16 bits. What a model does not know is
/// unsupported (H-42).
func knows(_ format: UInt8) -> Bool {
  [HAQ_FORMAT_PLAIN, HAQ_FORMAT_FP16, HAQ_FORMAT_BF16].contains(UInt32(format))
}

func fail(_ message: UnsafeMutablePointer<haq_message>?, _ sentence: String) -> Int32 {
  guard let message else { return HAQ_ERROR_INVALID }
  // Copies what fits, and ends it with a zero.
  strncpy(message.pointee.text, sentence, Int(message.pointee.capacity) - 1)
  message.pointee.text[Int(message.pointee.capacity) - 1] = 0
  return HAQ_ERROR_INVALID
}

// Optional (H-31): what a layer would take for each of three things alone, and which of them it waits for. Here nothing
// is moved, so arithmetic is all. haq draws rooflines and explains costs with it.
nonisolated(unsafe) let breakdown: UnsafePointer<haq_breakdown> = {
  let breakdown = UnsafeMutablePointer<haq_breakdown>.allocate(capacity: 1)
  breakdown.initialize(to: haq_breakdown())
  breakdown.pointee.struct_size = UInt32(MemoryLayout<haq_breakdown>.size)
  breakdown.pointee.evaluate = { pointer, points, count, results, message in
    guard let pointer, let points, let results = results?.pointee else {
      return fail(message, "there is no instance")
    }
    for index in 0..<Int(count) {
      results.compute_s[index] = Instance.at(pointer).latency(points[index])
      results.weight_traffic_s[index] = 0
      results.activation_traffic_s[index] = 0
      results.bound[index] = HAQ_BOUND_COMPUTE
    }
    return HAQ_OK
  }
  return UnsafePointer(breakdown)
}()

// Optional (H-34): named parts of a cost, which add up to it.
nonisolated(unsafe) let component: UnsafePointer<haq_component> = {
  let component = UnsafeMutablePointer<haq_component>.allocate(capacity: 1)
  component.initialize(
    to: haq_component(
      name: UnsafePointer(strdup("time.arithmetic")), unit: UnsafePointer(strdup("s")), column: HAQ_LATENCY,
      reserved: 0))
  return UnsafePointer(component)
}()

nonisolated(unsafe) let components: UnsafePointer<haq_components> = {
  let components = UnsafeMutablePointer<haq_components>.allocate(capacity: 1)
  components.initialize(to: haq_components())
  components.pointee.struct_size = UInt32(MemoryLayout<haq_components>.size)
  components.pointee.list = { _, count in
    count?.pointee = 1
    return component
  }
  components.pointee.evaluate = { pointer, points, count, values, message in
    guard let pointer, let points, let values else { return fail(message, "there is no instance") }
    for index in 0..<Int(count) { values[index] = Instance.at(pointer).latency(points[index]) }
    return HAQ_OK
  }
  return UnsafePointer(components)
}()

nonisolated(unsafe) let table: UnsafePointer<haq_plugin> = {
  let plugin = UnsafeMutablePointer<haq_plugin>.allocate(capacity: 1)
  plugin.initialize(to: haq_plugin())
  plugin.pointee.struct_size = UInt32(MemoryLayout<haq_plugin>.size)
  plugin.pointee.flags = HAQ_REENTRANT | HAQ_USES_FORMATS
  plugin.pointee.abi_major = UInt32(HAQ_ABI_MAJOR)
  plugin.pointee.abi_minor = UInt32(HAQ_ABI_MINOR)
  plugin.pointee.provides = HAQ_LATENCY
  plugin.pointee.id = UnsafePointer(strdup("example.minimal"))
  plugin.pointee.version = UnsafePointer(strdup("1.0.0"))
  plugin.pointee.create = { _, setup, out, message in
    guard let setup, let out else { return fail(message, "there is no setup") }
    var rate = 0.0
    for index in 0..<Int(setup.pointee.parameter_count) {
      let parameter = setup.pointee.parameters[index]
      let key = String(cString: parameter.key)
      guard key == "bit_products_per_s" else {
        return fail(message, "\(key) is not a parameter; there is bit_products_per_s")
      }
      rate = parameter.number
    }
    guard rate > 0 else { return fail(message, "the parameter bit_products_per_s must be a number > 0") }
    out.pointee = OpaquePointer(
      Unmanaged.passRetained(Instance(setup, bitProductsPerSecond: rate)).toOpaque())
    return HAQ_OK
  }
  plugin.pointee.evaluate = { pointer, points, count, results, message in
    guard let pointer, let results = results?.pointee, let status = results.status else {
      return fail(message, "there is no instance")
    }
    let instance = Instance.at(pointer)
    for index in 0..<Int(count) {
      guard let point = points?[index], point.layer < instance.setup.pointee.layer_count else {
        return fail(message, "a point is about no layer")
      }
      let latency = instance.latency(point)
      results.latency_s?[index] = latency
      // More than any cost may be (H-23): such a layer is not modelled.
      let isModelled = latency <= 1e15 && knows(point.weight_format) && knows(point.activation_format)
      status[index] = isModelled ? HAQ_POINT_OK : HAQ_POINT_UNSUPPORTED
    }
    return HAQ_OK
  }
  plugin.pointee.destroy = { pointer in
    if let pointer { Unmanaged<Instance>.fromOpaque(UnsafeRawPointer(pointer)).release() }
  }
  plugin.pointee.extension = { id in
    guard let id else { return nil }
    if strcmp(id, HAQ_EXTENSION_BREAKDOWN) == 0 { return UnsafeRawPointer(breakdown) }
    return strcmp(id, HAQ_EXTENSION_COMPONENTS) == 0 ? UnsafeRawPointer(components) : nil
  }
  return UnsafePointer(plugin)
}()

@c(haq_plugin_entry)
public func entry(_ host: UnsafePointer<haq_host>?) -> UnsafePointer<haq_plugin>? { table }
