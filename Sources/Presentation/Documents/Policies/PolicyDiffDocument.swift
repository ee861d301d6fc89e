public import Core
import Rendering

/// The layers whose bits differ between two policies: the result of `haq policy diff`.
public struct PolicyDiffDocument: Document {
  public static let schema: SchemaName = "haq.policy-diff/1.0"

  /// The files that were compared.
  public var first: String
  public var second: String
  /// How many layers at least one of them has.
  public var layers: Int
  public var differences: [Difference]

  /// A layer with different bits.
  public struct Difference: Hashable, Sendable, Codable {
    public var layer: String
    /// Such as `W4A6`; absent where the file lacks the layer.
    public var first: String?
    public var second: String?
  }

  /// A policy file that is compared.
  public struct Side: Sendable {
    public var file: String
    /// In the order of the file; each layer once.
    public var layers: [(name: String, precision: Precision)]

    public init(file: String, layers: [(name: String, precision: Precision)]) {
      self.file = file
      self.layers = layers
    }
  }

  /// - Precondition: no layer is twice in a file.
  public init(_ first: Side, _ second: Side) {
    self.first = first.file
    self.second = second.file
    let old = Dictionary(uniqueKeysWithValues: first.layers.map { ($0.name, $0.precision) })
    let new = Dictionary(uniqueKeysWithValues: second.layers.map { ($0.name, $0.precision) })
    let names = first.layers.map(\.name) + second.layers.map(\.name).filter { old[$0] == nil }
    layers = names.count
    differences = names.filter { old[$0] != new[$0] }.map {
      Difference(layer: $0, first: old[$0]?.description, second: new[$0]?.description)
    }
  }

  /// The table for a terminal.
  public var text: String {
    let sentence = "\(differences.count) of \(layers) layers differ\n"
    guard !differences.isEmpty else { return sentence }
    var table = TextTable([.init("layer"), .init(first), .init(second)])
    for difference in differences {
      table.add([difference.layer, difference.first ?? "absent", difference.second ?? "absent"])
    }
    return table.text + sentence
  }
}
