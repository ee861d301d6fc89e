import Core
import PluginDesigns
import PluginLoading

/// The simulator's counters, by the names of its columns, as the plugin gives them.
struct Counters {
  var integers: [String: Int]
  /// Joules, by the columns' names without their unit.
  var joules: [String: Double]

  /// - Parameter row: values by the names of `haq.components/1`.
  init(_ row: (String) -> Double?, cost: Cost, clockHertz: Double) throws {
    func component(_ name: String) throws -> Double {
      guard let value = row(name) else { throw MissingComponent(name: name) }
      return value
    }
    func cycles(_ name: String) throws -> Int { try Design.whole(try component(name) * clockHertz) }
    func bits(_ name: String) throws -> Int { try Design.whole(try component(name) * 8) }
    integers = [
      "total_cycles": try Design.whole(cost[.latency]! * clockHertz),
      "compute_cycles": try cycles("latency.compute"), "mem_stall_cycles": try cycles("latency.stall"),
      "wbuf_read_bits": try bits("weight_buffer.read"), "wbuf_write_bits": try bits("weight_buffer.write"),
      "ibuf_read_bits": try bits("input_buffer.read"), "ibuf_write_bits": try bits("input_buffer.write"),
      "obuf_read_bits": try bits("output_buffer.read"), "obuf_write_bits": try bits("output_buffer.write"),
      "dram_read_bits": try bits("traffic.dram_read"), "dram_write_bits": try bits("traffic.dram_write"),
    ]
    joules = [
      "e_core": try component("energy.core"), "e_wbuf": try component("energy.weight_buffer"),
      "e_ibuf": try component("energy.input_buffer"), "e_obuf": try component("energy.output_buffer"),
      "e_dram": try component("energy.dram"), "e_total": cost[.energy]!,
    ]
  }

  struct MissingComponent: Error { var name: String }

  /// The counters of every point, nil where the design cannot run it.
  static func of(_ points: [Point], _ layers: [Layer], on design: Design) throws -> [Counters?] {
    let model = try design.model()
    let network = design.network(layers)
    let outcomes = try model.outcomes(of: points, in: network)
    guard let table = try model.components(of: points, in: network) else {
      throw MissingComponent(name: "any")
    }
    return try outcomes.enumerated().map { index, outcome in
      guard case .cost(let cost) = outcome else { return nil }
      return try Counters({ table[index, $0] }, cost: cost, clockHertz: design.clockHertz)
    }
  }
}
