/// The quantizable layers of a neural network, in execution order, at a stated batch.
///
/// This is the cost model's view. Weights and connections live in `Networks.Graph`; of these, only who reads the layers'
/// outputs is known here.
public struct Network: Hashable, Sendable {
  public var name: String
  /// Samples per inference; every cost is for the whole batch.
  public var batch: Int
  public var layers: [Layer]
  /// For each layer, the positions of the layers at the widest of whose activation widths its output is stored,
  /// ascending; none where it stays in 32-bit floats. Nil where connections are not known, as in a list of layers.
  public var outputReaders: [[Int]]?

  /// - Precondition: where there are readers, every layer has a list of them, of positions that exist.
  public init(name: String, batch: Int = 1, layers: [Layer], outputReaders: [[Int]]? = nil) {
    precondition(Self.fits(outputReaders, layers))
    self.name = name
    self.batch = batch
    self.layers = layers
    self.outputReaders = outputReaders
  }

  private static func fits(_ readers: [[Int]]?, _ layers: [Layer]) -> Bool {
    guard let readers else { return true }
    return readers.count == layers.count && readers.joined().allSatisfy(layers.indices.contains)
  }

  /// The same layers at another batch.
  public func withBatch(_ batch: Int) -> Network {
    Network(name: name, batch: batch, layers: layers, outputReaders: outputReaders)
  }

  /// The position of the layer called `name`.
  public func index(ofLayer name: String) -> Int? { layers.firstIndex { $0.name == name } }

  /// Two operations per multiply-accumulate, for the whole batch.
  public func operations(ofLayer layer: Int) -> Double {
    2 * Double(layers[layer].multiplyAccumulates) * Double(batch)
  }

  /// The width at which a layer's output is stored: the widest activation width of its readers, 32 bits where nobody
  /// quantizes it. Nil where connections are not known.
  ///
  /// - Precondition: the policy has a precision for each layer.
  public func outputWidth(ofLayer layer: Int, under policy: Policy) -> BitWidth? {
    outputReaders.map { readers in BitWidth.stored(for: readers[layer].map { policy[$0].activation }) }
  }
}

extension Network: Codable {
  private enum CodingKeys: String, CodingKey { case name, batch, layers, outputReaders }

  /// Tables of earlier versions do not state who reads the outputs.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let layers = try values.decode([Layer].self, forKey: .layers)
    let readers = try values.decodeIfPresent([[Int]].self, forKey: .outputReaders)
    guard Self.fits(readers, layers) else {
      throw DecodingError.dataCorruptedError(
        forKey: .outputReaders, in: values, debugDescription: "a layer is read by one that does not exist")
    }
    self.init(
      name: try values.decode(String.self, forKey: .name), batch: try values.decode(Int.self, forKey: .batch),
      layers: layers, outputReaders: readers)
  }
}
