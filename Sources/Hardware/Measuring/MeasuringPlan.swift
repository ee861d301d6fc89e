public import Core
import CostTables

/// What is to be measured: layers of any networks, each shape once, at pairs of widths.
public struct MeasuringPlan: Hashable, Sendable {
  /// Samples per inference.
  public var batch: Int
  /// By name, each unique; in the order of the table.
  public private(set) var layers: [Layer] = []
  public var precisions: [Precision]
  private var shapes: Set<LayerShape> = []

  public init(batch: Int, precisions: [Precision]) {
    self.batch = batch
    self.precisions = precisions
  }

  /// Adds the layers of a network whose shapes are not yet there, named `network:layer`.
  public mutating func add(_ network: Network) {
    for layer in network.layers { add(layer, named: "\(network.name):\(layer.name)") }
  }

  /// Adds random layers, named `random-1` and so on, until `count` more shapes are there.
  ///
  /// Fewer are added where the kinds have no more different ones within the limits.
  public mutating func addRandom(_ count: Int, from source: RandomLayers) {
    var source = source
    var (added, vain) = (0, 0)
    while added < count, vain < 10_000 {
      if add(source.next(), named: "random-\(added + 1)") {
        (added, vain) = (added + 1, 0)
      } else {
        vain += 1
      }
    }
  }

  /// Adds layers of another plan, under the names that they have there.
  mutating func add(_ layers: [Layer]) {
    for layer in layers { add(layer, named: layer.name) }
  }

  @discardableResult
  private mutating func add(_ layer: Layer, named name: String) -> Bool {
    guard shapes.insert(LayerShape(layer)).inserted else { return false }
    var layer = layer
    layer.name = name
    layers.append(layer)
    return true
  }

  /// The layers as one list, for what takes a network.
  public var network: Network { Network(name: "measured", batch: batch, layers: layers) }

  /// Every layer at every pair of widths, in the order of the table.
  public var points: [Point] {
    layers.indices.flatMap { layer in precisions.map { Point(layer: layer, precision: $0) } }
  }
}
