public import Core
public import Diagnostics
public import Foundation

/// A network as a list of layers, without weights; the format is `docs/network.md`.
public struct NetworkDocument: Hashable, Sendable {
  public var name: String
  /// Samples per inference, when the file states it.
  public var batch: Int?
  public var layers: [Layer]

  /// The largest batch that any document may state.
  public static let largestBatch = 65_536
  static let largestLayerCount = 65_536

  public init(name: String, batch: Int?, layers: [Layer]) {
    self.name = name
    self.batch = batch
    self.layers = layers
  }

  /// The cost model's view of the network.
  public func network(defaultBatch: Int) -> Network {
    Network(name: name, batch: batch ?? defaultBatch, layers: layers)
  }

  /// Reads and checks a network file, named `file` in messages; throws `Diagnostics` with every problem.
  public static func read(
    _ bytes: Data, file: String
  ) throws -> (document: NetworkDocument, warnings: [Diagnostic]) {
    let value = try PositionedValue.read(bytes, file: file)
    let read = try SchemaVersion.network.read(value, as: "the network") { reader -> NetworkDocument? in
      let name = reader.required("name", .text)
      let batch = reader.optional("batch", .integer(1...largestBatch))
      let layers = reader.required("layers", uniqueLayers)
      guard let name, let layers else { return nil }
      return NetworkDocument(name: name, batch: batch.value, layers: layers)
    }
    return (read.value, read.warnings)
  }

  static let uniqueLayers = Form.list(of: .namedLayer, count: 1...largestLayerCount)
    .then { layers, value, name, problems -> [Layer]? in
      guard case .list(let items) = value.content else { return nil }
      var first: [String: PositionedValue] = [:]
      var isGood = true
      for (layer, item) in zip(layers, items) {
        if let earlier = first.updateValue(item, forKey: layer.name) {
          problems.add(
            "a second layer is called \"\(layer.name)\"; the first is at \(earlier.place)",
            at: item.place, hint: "Policies refer to layers by name, so names must differ.")
          isGood = false
        }
      }
      return isGood ? layers : nil
    }

  /// The file's text; reading it gives this document again.
  public var text: String {
    var fields: [(String, JSONText)] = [
      ("schema", .text(SchemaVersion.network.text)), ("name", .text(name)),
    ]
    if let batch { fields.append(("batch", .integer(batch))) }
    fields.append(("layers", .list(layers.map(Self.written))))
    return JSONText.object(fields).document
  }

  static func written(_ layer: Layer) -> JSONText {
    var fields: [(String, JSONText)] = [
      ("name", .text(layer.name)), ("kind", .text(layer.kind.rawValue)),
      ("in_channels", .integer(layer.inputChannels)), ("out_channels", .integer(layer.outputChannels)),
    ]
    if layer.groups != (layer.kind == .depthwise ? layer.inputChannels : 1) {
      fields.append(("groups", .integer(layer.groups)))
    }
    if layer.kind.hasWindow {
      fields += [
        ("input", .extent(layer.input)), ("output", .extent(layer.output)), ("kernel", .extent(layer.kernel)),
        ("stride", .extent(layer.stride)),
      ]
      if layer.dilation != .one { fields.append(("dilation", .extent(layer.dilation))) }
      if layer.padding != layer.impliedPadding {
        let sides = layer.padding.sides
        fields.append(
          ("padding", Set(sides).count == 1 ? .integer(sides[0]) : .list(sides.map { .integer($0) })))
      }
    } else if layer.input != .one {
      fields += [("input", .extent(layer.input)), ("output", .extent(layer.output))]
    }
    return .object(fields)
  }
}

extension JSONText {
  fileprivate static func extent(_ extent: Extent) -> JSONText {
    extent.height == extent.width
      ? .integer(extent.height) : .list([.integer(extent.height), .integer(extent.width)])
  }
}
