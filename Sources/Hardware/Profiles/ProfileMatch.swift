public import Core

/// Which operator of a profile is which layer of a network.
public struct ProfileMatch: Hashable, Sendable {
  /// In the order of the network.
  public var pairs: [Pair]
  /// Layers that no operator is.
  public var missing: [String]
  /// Operators that are no layer.
  public var others: [ProfiledOperator]

  /// A layer and its operator.
  public struct Pair: Hashable, Sendable {
    /// Position in the network.
    public var layer: Int
    public var profiled: ProfiledOperator
    public var by: Rule
    /// Whether the profile's shape was compared with the layer's.
    public var isShapeChecked: Bool
  }

  /// How an operator was recognised.
  public enum Rule: String, Hashable, Sendable, Codable {
    /// Its name has the layer's in it; shapes do not contradict.
    case name
    /// Its shape is that of the layer; of several the first that is not taken, since both lists are in the order of
    /// execution.
    case shape
  }

  public init(of operators: [ProfiledOperator], in network: Network) {
    var taken: [Int: (position: Int, rule: Rule)] = [:]
    var used: Set<Int> = []
    func fits(_ profiled: ProfiledOperator, _ layer: Int) -> Bool {
      profiled.shapes.isEmpty
        || profiled.shapes.contains { $0.fits(network.layers[layer], batch: network.batch) }
    }
    for (position, profiled) in operators.enumerated() where profiled.isLayer {
      let named = network.layers.indices.filter {
        taken[$0] == nil && profiled.name.names(network.layers[$0].name) && fits(profiled, $0)
      }
      // The longest name says most: "block1.conv" is also in "block1.conv.2".
      let longest = named.max { network.layers[$0].name.count < network.layers[$1].name.count }
      guard let longest else { continue }
      taken[longest] = (position, .name)
      used.insert(position)
    }
    for (position, profiled) in operators.enumerated() where profiled.isLayer && !used.contains(position) {
      guard profiled.statesShape else { continue }
      let next = network.layers.indices.first { taken[$0] == nil && fits(profiled, $0) }
      guard let next else { continue }
      taken[next] = (position, .shape)
      used.insert(position)
    }
    pairs = network.layers.indices.compactMap { layer in
      taken[layer].map {
        let profiled = operators[$0.position]
        return Pair(layer: layer, profiled: profiled, by: $0.rule, isShapeChecked: profiled.statesShape)
      }
    }
    missing = network.layers.indices.filter { taken[$0] == nil }.map { network.layers[$0].name }
    others = operators.indices.filter { !used.contains($0) }.map { operators[$0] }
  }
}

extension ProfiledOperator {
  /// Whether the profile says more of the shape than the kind.
  var statesShape: Bool { shapes.contains { $0.outputChannels != nil || $0.multiplyAccumulates != nil } }
}

extension String {
  /// Whether `name` is in this text as a whole: not as a part of a longer word.
  fileprivate func names(_ name: String) -> Bool {
    guard !name.isEmpty else { return false }
    var rest = self[...]
    while let range = rest.firstRange(of: name) {
      let isWord = { (character: Character?) in character.map { $0.isLetter || $0.isNumber } ?? false }
      let before = range.lowerBound > startIndex ? self[index(before: range.lowerBound)] : nil
      let after = range.upperBound < endIndex ? self[range.upperBound] : nil
      if !isWord(before), !isWord(after) { return true }
      rest = self[range.upperBound...]
    }
    return false
  }
}
