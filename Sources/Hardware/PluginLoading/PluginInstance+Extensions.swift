internal import CHAQPlugin
internal import Core

extension PluginInstance {
  func components(for points: [Point]) throws -> RawComponents? {
    guard let offered = try Negotiation.components(of: plugin.table, library: plugin.path) else { return nil }
    var count: UInt64 = 0
    let list = offered.list(instance, &count)
    let components = try entries(list, count, limit: 256, of: HAQ_EXTENSION_COMPONENTS)
      .map { entry throws(PluginError) in try component(entry) }
    try checkNames(components.map(\.name), of: HAQ_EXTENSION_COMPONENTS)
    guard !points.isEmpty, !components.isEmpty else {
      return RawComponents(components: components, values: [], count: 0)
    }
    let points = points.map(point)
    let wanted = points.count * components.count
    // Room behind the values, so that a plugin that writes more than it listed harms nothing and is found out.
    var values = Array(repeating: Double.nan, count: wanted + max(4_096, 4 * wanted))
    let mark = Double(bitPattern: 0x7FF8_5A5A_5A5A_5A5A)
    for position in wanted..<values.count { values[position] = mark }
    let (code, text) = Self.call {
      offered.evaluate(instance, points, UInt64(points.count), &values, $0)
    }
    try check(code, text, .components)
    guard values[wanted...].allSatisfy({ $0.bitPattern == mark.bitPattern }) else {
      throw malformed(
        "\(HAQ_EXTENSION_COMPONENTS) lists \(components.count) components and writes more than that")
    }
    return RawComponents(components: components, values: Array(values[..<wanted]), count: points.count)
  }

  func resources() throws -> [ResourceUse] {
    guard let offered = try Negotiation.resources(of: plugin.table, library: plugin.path) else { return [] }
    var count: UInt64 = 0
    let list = offered.list(instance, &count)
    let resources = try entries(list, count, limit: 64, of: HAQ_EXTENSION_RESOURCES)
      .map { entry throws(PluginError) in
        let name = try name(entry.name, of: HAQ_EXTENSION_RESOURCES)
        guard entry.capacity > 0, entry.capacity <= CellCheck.largest,
          (0...entry.capacity).contains(entry.used)
        else {
          throw malformed("resource \"\(name)\" uses \(entry.used) of \(entry.capacity)")
        }
        return ResourceUse(name: name, used: entry.used, capacity: entry.capacity)
      }
    try checkNames(resources.map(\.name), of: HAQ_EXTENSION_RESOURCES)
    return resources
  }

  /// The entries of a plugin's list, which the rules keep valid until destroy.
  private func entries<Entry>(
    _ list: UnsafePointer<Entry>?, _ count: UInt64, limit: UInt64, of id: String
  ) throws(PluginError) -> [Entry] {
    guard count <= limit else { throw malformed("\(id) lists \(count) entries, of at most \(limit)") }
    guard let list else {
      guard count == 0 else { throw malformed("\(id) says that it lists \(count) entries but returns NULL") }
      return []
    }
    return Array(UnsafeBufferPointer(start: list, count: Int(count)))
  }

  private func component(_ entry: haq_component) throws(PluginError) -> Component {
    let name = try name(entry.name, of: HAQ_EXTENSION_COMPONENTS)
    guard let unit = entry.unit.map({ String(cString: $0) }).flatMap(Component.Unit.init) else {
      throw malformed("component \"\(name)\" has a unit other than s, J and B")
    }
    if entry.column == 0 { return Component(name: name, unit: unit, metric: nil) }
    guard let metric = Metric.ofTargets.first(where: { $0.column == entry.column }),
      entry.column & plugin.table.provides != 0
    else { throw malformed("component \"\(name)\" is part of a column that the plugin does not provide") }
    guard metric.unit == unit else {
      throw malformed("component \"\(name)\" is in \(unit.rawValue), but part of \(metric.rawValue)")
    }
    return Component(name: name, unit: unit, metric: metric)
  }

  private func name(_ text: UnsafePointer<CChar>?, of id: String) throws(PluginError) -> String {
    guard let text else { throw malformed("\(id) lists a name that is NULL") }
    let name = String(cString: text)
    guard (1...64).contains(name.utf8.count) else {
      throw malformed("\(id) lists a name of \(name.utf8.count) bytes, not of 1 to 64")
    }
    return name
  }

  private func checkNames(_ names: [String], of id: String) throws(PluginError) {
    guard Set(names).count == names.count else { throw malformed("\(id) lists a name twice") }
  }

  private func malformed(_ problem: String) -> PluginError {
    .malformed(library: plugin.path, problem: problem)
  }
}
