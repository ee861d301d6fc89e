/// Bits for every quantizable layer of a network, in the network's layer order.
public struct Policy: Hashable, Sendable, Codable {
  public var precisions: [Precision]

  public init(_ precisions: [Precision]) { self.precisions = precisions }

  /// The same precision for every layer, except where `pinned` fixes one.
  public static func uniform(
    _ precision: Precision, layerCount: Int, pinned: [Int: Precision] = [:]
  ) -> Policy {
    Policy((0..<layerCount).map { pinned[$0] ?? precision })
  }

  public subscript(layer: Int) -> Precision {
    get { precisions[layer] }
    set { precisions[layer] = newValue }
  }
}
