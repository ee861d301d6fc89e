import Core
import PluginLoading

extension Reply {
  private enum Tag: UInt8 {
    case log = 1
    case loaded, done, columns, breakdown, components, resources, verdict, failed, unable, confined
  }

  package var frame: [UInt8] {
    var writer = FrameWriter()
    switch self {
    case .confined(let confinement):
      writer.number(Tag.confined.rawValue)
      writer.number(UInt32(confinement.landlockVersion))
      writer.number(confinement.namespaceBits)
    case .log(let line):
      writer.number(Tag.log.rawValue)
      writer.number(line.level.rawValue)
      writer.text(line.library)
      writer.text(line.text)
    case .loaded(let facts):
      writer.number(Tag.loaded.rawValue)
      writer.facts(facts)
    case .done:
      writer.number(Tag.done.rawValue)
    case .columns(let raw):
      writer.number(Tag.columns.rawValue)
      writer.metrics(raw.metrics)
      writer.column(raw.status)
      writer.column(raw.cells)
    case .breakdown(let raw):
      writer.number(Tag.breakdown.rawValue)
      writer.column(raw.bound)
      writer.column(raw.cells)
    case .components(let raw):
      writer.number(Tag.components.rawValue)
      writer.flag(raw != nil)
      if let raw { writer.components(raw) }
    case .resources(let resources):
      writer.number(Tag.resources.rawValue)
      writer.list(resources) { writer, resource in
        writer.text(resource.name)
        writer.number(resource.used)
        writer.number(resource.capacity)
      }
    case .verdict(let verdict):
      writer.number(Tag.verdict.rawValue)
      writer.verdict(verdict)
    case .failed(let error):
      writer.number(Tag.failed.rawValue)
      writer.pluginError(error)
    case .unable(let reason):
      writer.number(Tag.unable.rawValue)
      writer.text(reason)
    }
    return writer.bytes
  }

  package init(frame: [UInt8]) throws(FrameError) {
    var reader = FrameReader(frame)
    let tag = try reader.number(UInt8.self)
    switch Tag(rawValue: tag) {
    case .confined:
      self = .confined(
        Confinement(landlockVersion: try reader.number(), namespaceBits: try reader.number()))
    case .log: self = .log(try reader.logLine())
    case .loaded: self = .loaded(try reader.facts())
    case .done: self = .done
    case .columns: self = .columns(try reader.columns())
    case .breakdown: self = .breakdown(try reader.breakdown())
    case .components: self = .components(try reader.flag() ? try reader.components() : nil)
    case .resources: self = .resources(try reader.list { reader throws(FrameError) in try reader.resource() })
    case .verdict: self = .verdict(try reader.verdict())
    case .failed: self = .failed(try reader.pluginError())
    case .unable: self = .unable(try reader.text())
    case nil: throw FrameError("has the unknown tag \(tag)")
    }
    try reader.end()
  }
}

extension FrameWriter {
  fileprivate mutating func facts(_ facts: ModelFacts) {
    text(facts.id)
    text(facts.version)
    number(facts.abi.major)
    number(facts.abi.minor)
    metrics(Metric.ofTargets.filter(facts.provides.contains))
    flag(facts.providesBreakdown)
    flag(facts.providesNetwork)
    flag(facts.usesOutputWidths)
    flag(facts.usesFormats)
    flag(facts.isMeasured)
    number(UInt32(facts.maxPoints))
  }

  fileprivate mutating func components(_ raw: RawComponents) {
    list(raw.components) { writer, component in
      writer.text(component.name)
      writer.text(component.unit.rawValue)
      writer.metrics(component.metric.map { [$0] } ?? [])
    }
    number(UInt32(raw.components.isEmpty ? 0 : raw.values.count / raw.components.count))
    column(raw.values)
  }
}

extension FrameReader {
  fileprivate mutating func logLine() throws(FrameError) -> PluginLogLine {
    guard let level = PluginLogLine.Level(rawValue: try number()) else {
      throw FrameError("has a log level that does not exist")
    }
    return PluginLogLine(library: try text(), level: level, text: try text())
  }

  fileprivate mutating func facts() throws(FrameError) -> ModelFacts {
    ModelFacts(
      id: try text(), version: try text(), abi: ABIVersion(major: try number(), minor: try number()),
      provides: Set(try metrics()), providesBreakdown: try flag(), providesNetwork: try flag(),
      usesOutputWidths: try flag(), usesFormats: try flag(), isMeasured: try flag(),
      maxPoints: Int(try number(UInt32.self)))
  }

  fileprivate mutating func columns() throws(FrameError) -> RawColumns {
    let metrics = try metrics()
    guard
      let raw = RawColumns(
        metrics: metrics, status: try column(of: UInt32.self), cells: try column(of: Double.self))
    else { throw FrameError("has columns of different lengths") }
    return raw
  }

  fileprivate mutating func breakdown() throws(FrameError) -> RawBreakdown {
    guard
      let raw = RawBreakdown(bound: try column(of: UInt32.self), cells: try column(of: Double.self))
    else { throw FrameError("has columns of different lengths") }
    return raw
  }

  fileprivate mutating func components() throws(FrameError) -> RawComponents {
    let components = try list { reader throws(FrameError) in
      let (name, unit, metrics) = (try reader.text(), try reader.text(), try reader.metrics())
      guard let unit = Component.Unit(rawValue: unit), metrics.count <= 1 else {
        throw FrameError("has a component of an unknown unit, or of two metrics")
      }
      return Component(name: name, unit: unit, metric: metrics.first)
    }
    let count = Int(try number(UInt32.self))
    guard let raw = RawComponents(components: components, values: try column(of: Double.self), count: count)
    else { throw FrameError("has components of different lengths") }
    return raw
  }

  fileprivate mutating func resource() throws(FrameError) -> ResourceUse {
    let resource = ResourceUse(name: try text(), used: try number(), capacity: try number())
    guard resource.capacity > 0, resource.capacity.isFinite, (0...resource.capacity).contains(resource.used)
    else {
      throw FrameError("has a resource that uses \(resource.used) of \(resource.capacity)")
    }
    return resource
  }
}
