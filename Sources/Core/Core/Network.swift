/// The quantizable layers of a neural network, in execution order, at a stated batch.
///
/// This is the cost model's view. Weights and connections live in `Networks.Graph`.
public struct Network: Hashable, Sendable, Codable {
  public var name: String
  /// Samples per inference; every cost is for the whole batch.
  public var batch: Int
  public var layers: [Layer]

  public init(name: String, batch: Int = 1, layers: [Layer]) {
    self.name = name
    self.batch = batch
    self.layers = layers
  }

  /// The same layers at another batch.
  public func withBatch(_ batch: Int) -> Network { Network(name: name, batch: batch, layers: layers) }

  /// The position of the layer called `name`.
  public func index(ofLayer name: String) -> Int? { layers.firstIndex { $0.name == name } }

  /// Two operations per multiply-accumulate, for the whole batch.
  public func operations(ofLayer layer: Int) -> Double {
    2 * Double(layers[layer].multiplyAccumulates) * Double(batch)
  }
}
