import Core

/// Which formats the outputs of layers may be stored in, where costs depend on that: the activation format of a layer's
/// readers that covers the others', 32-bit floats where none does.
struct OutputWidths: Sendable {
  /// The layers whose output's width has a part in a cost, by the resource; absent where none has.
  private let dependent: [Resource: Set<Int>]
  /// By layer, the layers whose activation widths make the width of its output.
  private let readers: [[Int]]
  /// By layer, the layers whose outputs it reads.
  private let writers: [[Int]]
  /// By layer, the widths that policies of the space store its output at, ascending.
  private let widths: [[BitWidth]]

  /// - Parameter legal: The precisions that each layer may have.
  init(of tables: [CostTable], legal: [[Precision]]) {
    let readers = tables.first { $0.usesOutputWidths }?.network.outputReaders ?? legal.map { _ in [] }
    var writers: [[Int]] = legal.map { _ in [] }
    for (layer, readers) in readers.enumerated() {
      for reader in readers { writers[reader].append(layer) }
    }
    let widths = readers.map { Self.widths(readBy: $0, legal) }
    var dependent: [Resource: Set<Int>] = [:]
    for (target, table) in tables.enumerated() where table.usesOutputWidths {
      for metric in table.metricsOfTarget {
        let layers = legal.indices.filter { layer in
          legal[layer].contains { precision in
            Set(widths[layer].map { table.cost(metric, layer: layer, at: precision, output: $0) }).count > 1
          }
        }
        if !layers.isEmpty { dependent[Resource(metric, target: target)] = Set(layers) }
      }
    }
    self.readers = readers
    self.writers = writers
    self.widths = widths
    self.dependent = dependent
  }

  /// Every format that may cover those of all readers, and 32-bit floats where two may not cover each other.
  private static func widths(readBy readers: [Int], _ legal: [[Precision]]) -> [BitWidth] {
    guard !readers.isEmpty else { return [.float] }
    let choices = readers.map { Set(legal[$0].map(\.activation)) }
    let all = choices.reduce(Set()) { $0.union($1) }
    let covering = all.filter { width in choices.allSatisfy { $0.contains(where: width.covers) } }
    return covering.union(readers.count > 1 && !all.isChain ? [.float] : []).sorted()
  }

  /// Whether the cost of some layer depends on the width of its output.
  func matter(to resource: Resource) -> Bool { dependent[resource] != nil }

  /// Whether the cost of this layer does.
  func matter(to resource: Resource, ofLayer layer: Int) -> Bool {
    dependent[resource]?.contains(layer) ?? false
  }

  func widths(ofLayer layer: Int) -> [BitWidth] { widths[layer] }

  func readers(ofLayer layer: Int) -> [Int] { readers[layer] }

  /// The layers whose costs change between two policies: those that differ, and those that they read.
  func layersAffected(between one: Policy, _ other: Policy) -> [Int] {
    let changed = one.precisions.indices.filter { one[$0] != other[$0] }
    return Set(changed + changed.flatMap { writers[$0] }).sorted()
  }
}
