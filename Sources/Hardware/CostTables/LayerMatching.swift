import Core
import Diagnostics

/// How the layers of a table are found in a network.
public enum LayerMatching: String, Hashable, Sendable, Codable, CaseIterable {
  case shape
  case name
  /// The first layer of the table is the first of the network, and so on.
  case order
}

/// Which layer of a table gives the costs of which layer of a network.
public struct LayerMatch: Hashable, Sendable {
  public var by: LayerMatching
  /// Whether the table's numbers tell; otherwise the order of its rows.
  public var isByNumber: Bool
  public var layers: [Pair]

  /// A layer of the network.
  public struct Pair: Hashable, Sendable {
    public var network: String
    /// What the table calls it; nil where the table has nothing of it.
    public var table: String?
  }

  init(of sheet: CostSheet, in network: Network) throws {
    let stated = sheet.statedLayers
    by =
      switch sheet.identity {
      case .shapes: .shape
      case .names: .name
      case .positions: .order
      }
    isByNumber = sheet.identity == .positions
    let byShape = Dictionary(grouping: stated, by: \.shape)
    let byName = Dictionary(stated.map { ($0.name?.visible, $0) }) { first, _ in first }
    let byNumber = Dictionary(stated.map { ($0.number, $0) }) { first, _ in first }
    let titles = sheet.titles
    layers = network.layers.enumerated().map { position, layer in
      let source: CostSheet.StatedLayer? =
        switch sheet.identity {
        case .shapes:
          byShape[LayerShape(layer)].flatMap { same in
            same.first { $0.name?.visible == layer.name.visible } ?? same.first
          }
        case .names: byName[layer.name.visible]
        case .positions: byNumber[position]
        }
      let title = source.map { source in
        titles[position] ?? source.name ?? source.number.map { "number \($0)" } ?? "\(layer.name)"
      }
      return Pair(network: layer.name, table: title)
    }
  }
}

extension CostSheet {
  /// Numbers of layers that begin at `first` begin at 0.
  mutating func renumber(from first: Int) throws {
    isNumberingStated = true
    for index in rows.indices {
      guard let number = rows[index].layer else { continue }
      guard number >= first else {
        throw Diagnostic(
          "the table has a layer number \(number), below the first, which is \(first)", at: rows[index].place)
      }
      rows[index].layer = number - first
    }
  }

  /// Takes of each row only what layers are to be found by.
  ///
  /// Throws `Diagnostics` where the rows do not state it, or where an order cannot be one of the network's.
  mutating func match(by matching: LayerMatching, to network: Network) throws {
    let place = Diagnostic.Place(file: file)
    switch matching {
    case .shape:
      guard identity == .shapes else {
        throw Diagnostic(
          "the table does not state shapes to match layers by", at: place,
          hint: "Match by name or by order, or add the columns of shapes.")
      }
    case .name:
      guard rows.allSatisfy({ $0.name != nil }) else {
        throw Diagnostic(
          "the table does not state names to match layers by", at: place,
          hint: "Match by shape or by order, or add a column name.")
      }
      identity = .names
      for index in rows.indices { (rows[index].shape, rows[index].layer) = (nil, nil) }
    case .order:
      let stated = statedLayers
      guard stated.count == network.layers.count else {
        let names = stated.prefix(3).compactMap { $0.name ?? $0.number.map(String.init) }.joined(
          separator: ", ")
        throw Diagnostic(
          "the table has \(stated.count) layers (\(names), ...), network \"\(network.name)\" has "
            + "\(network.layers.count) (\(network.layers.prefix(3).map(\.name).joined(separator: ", ")), ...), so their "
            + "orders do not match", at: place)
      }
      let positions = Dictionary(uniqueKeysWithValues: stated.enumerated().map { ($1, $0) })
      titles = Dictionary(
        uniqueKeysWithValues: stated.enumerated().map {
          ($0, $1.name ?? $1.number.map { "number \($0)" } ?? "row")
        })
      identity = .positions
      isNumberingStated = true
      for index in rows.indices {
        rows[index].layer = positions[StatedLayer(rows[index])]
        (rows[index].name, rows[index].shape) = (nil, nil)
      }
    }
  }
}
