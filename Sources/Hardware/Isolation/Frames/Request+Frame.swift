import Core
import PluginLoading

extension Request {
  private enum Tag: UInt8 {
    case loadPlugin = 1
    case create, evaluate, breakdown, components, resources, destroy, probe, loadFunctions, network
  }

  package var frame: [UInt8] {
    var writer = FrameWriter()
    switch self {
    case .load(.plugin(let plugin)):
      writer.number(Tag.loadPlugin.rawValue)
      writer.text(plugin.path)
    case .load(.functions(let functions)):
      writer.number(Tag.loadFunctions.rawValue)
      writer.functions(functions)
    case .create(let setup):
      writer.number(Tag.create.rawValue)
      writer.setup(setup)
    case .evaluate(let metrics, let points):
      writer.number(Tag.evaluate.rawValue)
      writer.metrics(metrics)
      writer.points(points)
    case .breakdown(let points):
      writer.number(Tag.breakdown.rawValue)
      writer.points(points)
    case .components(let points):
      writer.number(Tag.components.rawValue)
      writer.points(points)
    case .resources:
      writer.number(Tag.resources.rawValue)
    case .network(let metrics, let policies):
      writer.number(Tag.network.rawValue)
      writer.metrics(metrics)
      writer.policies(policies)
    case .destroy:
      writer.number(Tag.destroy.rawValue)
    case .probe(let probe):
      writer.number(Tag.probe.rawValue)
      writer.probe(probe)
    }
    return writer.bytes
  }

  package init(frame: [UInt8]) throws(FrameError) {
    var reader = FrameReader(frame)
    let tag = try reader.number(UInt8.self)
    switch Tag(rawValue: tag) {
    case .loadPlugin: self = .load(.plugin(PluginRequest(path: try reader.text())))
    case .loadFunctions: self = .load(.functions(try reader.functions()))
    case .create: self = .create(try reader.setup())
    case .evaluate: self = .evaluate(metrics: try reader.metrics(), points: try reader.points())
    case .breakdown: self = .breakdown(points: try reader.points())
    case .components: self = .components(points: try reader.points())
    case .resources: self = .resources
    case .network: self = .network(metrics: try reader.metrics(), policies: try reader.policies())
    case .destroy: self = .destroy
    case .probe: self = .probe(try reader.probe())
    case nil: throw FrameError("has the unknown tag \(tag)")
    }
    try reader.end()
  }
}

extension FrameWriter {
  mutating func metrics(_ metrics: [Metric]) {
    // A metric travels as its position among all; both ends are of one build.
    column(metrics.map { UInt8(Metric.ofTargets.firstIndex(of: $0)!) })
  }

  /// The bits of all points, then the codes of their formats (H-42) where any is not 0.
  fileprivate mutating func points(_ points: [Point]) {
    column(
      points.map {
        UInt64($0.layer) << 24 | UInt64($0.output?.bits ?? 0) << 16 | UInt64($0.precision.weight.bits) << 8
          | UInt64($0.precision.activation.bits)
      })
    let codes = points.map {
      UInt32($0.output?.formatCode ?? 0) << 16 | UInt32($0.precision.weight.formatCode) << 8
        | UInt32($0.precision.activation.formatCode)
    }
    column(codes.allSatisfy { $0 == 0 } ? [] : codes)
  }

  /// How many layers there are, then the points of all policies in order.
  fileprivate mutating func policies(_ policies: [[Point]]) {
    number(UInt32(policies.first?.count ?? 0))
    points(Array(policies.joined()))
  }

  mutating func setup(_ setup: ModelSetup) {
    text(setup.targetID)
    text(setup.baseDirectory)
    list(setup.parameters) { writer, parameter in
      writer.text(parameter.key)
      switch parameter.value {
      case .number(let number):
        writer.flag(false)
        writer.number(number)
      case .text(let text):
        writer.flag(true)
        writer.text(text)
      }
    }
    text(setup.network.name)
    number(setup.network.batch)
    list(setup.network.layers) { writer, layer in
      writer.text(layer.name)
      writer.number(UInt8(Layer.Kind.allCases.firstIndex(of: layer.kind)!))
      for number in [layer.groups, layer.inputChannels, layer.outputChannels] { writer.number(number) }
      for extent in [layer.input, layer.output, layer.kernel, layer.stride, layer.dilation] {
        writer.number(extent.height)
        writer.number(extent.width)
      }
      for side in layer.padding.sides { writer.number(side) }
    }
  }
}

extension FrameReader {
  mutating func metrics() throws(FrameError) -> [Metric] {
    let positions = try column(of: UInt8.self)
    guard Set(positions).count == positions.count,
      positions.allSatisfy({ $0 < Metric.ofTargets.count })
    else {
      throw FrameError("names a metric twice, or one that does not exist")
    }
    return positions.map { Metric.ofTargets[Int($0)] }
  }

  fileprivate mutating func points() throws(FrameError) -> [Point] {
    let words = try column(of: UInt64.self)
    guard words.count <= PluginCostModel.pointLimit else { throw FrameError("has \(words.count) points") }
    let codes = try column(of: UInt32.self)
    guard codes.isEmpty || codes.count == words.count else {
      throw FrameError("has formats of \(codes.count) of \(words.count) points")
    }
    var points: [Point] = []
    points.reserveCapacity(words.count)
    for (index, word) in words.enumerated() {
      let code = codes.isEmpty ? 0 : codes[index]
      func width(_ shift: Int) -> BitWidth? {
        BitWidth(bits: Int(word >> shift & 0xFF), formatCode: UInt8(truncatingIfNeeded: code >> shift))
      }
      let output = width(16)
      guard let weight = width(8), let activation = width(0),
        output != nil || (word >> 16 & 0xFF == 0 && code >> 16 == 0), code >> 24 == 0
      else { throw FrameError("has a width or a format that does not exist") }
      points.append(
        Point(
          layer: Int(word >> 24), precision: Precision(weight: weight, activation: activation),
          output: output))
    }
    return points
  }

  fileprivate mutating func policies() throws(FrameError) -> [[Point]] {
    let layerCount = Int(try number(UInt32.self))
    let points = try points()
    // As they are written: no policies have no layers either.
    if layerCount == 0, points.isEmpty { return [] }
    guard layerCount > 0, !points.isEmpty, points.count % layerCount == 0,
      points.indices.allSatisfy({ points[$0].layer == $0 % layerCount })
    else { throw FrameError("has policies that are not whole") }
    return stride(from: 0, to: points.count, by: layerCount).map { Array(points[$0..<$0 + layerCount]) }
  }

  mutating func setup() throws(FrameError) -> ModelSetup {
    let targetID = try text()
    let baseDirectory = try text()
    let parameters = try list { reader throws(FrameError) in
      let key = try reader.text()
      return Parameter(
        key: key,
        value: try reader.flag() ? .text(try reader.text()) : .number(try reader.number(Double.self)))
    }
    guard Set(parameters.map(\.key)).count == parameters.count else {
      throw FrameError("has a parameter twice")
    }
    let name = try text()
    let batch = try number(Int.self)
    let layers = try list { reader throws(FrameError) in try reader.layer() }
    return ModelSetup(
      targetID: targetID, baseDirectory: baseDirectory, parameters: parameters,
      network: Network(name: name, batch: batch, layers: layers))
  }

  private mutating func layer() throws(FrameError) -> Layer {
    let name = try text()
    let kind = Int(try number(UInt8.self))
    guard Layer.Kind.allCases.indices.contains(kind) else { throw FrameError("has a kind of layer unknown") }
    return Layer(
      name: name, kind: Layer.Kind.allCases[kind], groups: try number(), inputChannels: try number(),
      outputChannels: try number(), input: try extent(), output: try extent(), kernel: try extent(),
      stride: try extent(), dilation: try extent(),
      padding: Layer.Padding(top: try number(), left: try number(), bottom: try number(), right: try number())
    )
  }

  private mutating func extent() throws(FrameError) -> Extent {
    Extent(height: try number(), width: try number())
  }
}
