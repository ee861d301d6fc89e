import Core
import Diagnostics

/// Finds what a sheet says of a layer.
struct SheetIndex: Sendable {
  private let file: String
  private let identity: CostSheet.Identity
  private var byPosition: [Int: SheetLayer] = [:]
  private var byName: [String: SheetLayer] = [:]
  private var positions: [String: (layer: Int, place: Diagnostic.Place)] = [:]
  private var byShape: [LayerShape: [String?: SheetLayer]] = [:]

  init(_ sheet: CostSheet) {
    file = sheet.file
    identity = sheet.identity
    for row in sheet.rows {
      if let layer = row.layer { byPosition[layer, default: SheetLayer()].add(row) }
      if let name = row.name {
        byName[name, default: SheetLayer()].add(row)
        if let layer = row.layer { positions[name] = (layer, row.place) }
      }
      if let shape = row.shape { byShape[shape, default: [:]][row.name, default: SheetLayer()].add(row) }
    }
  }

  /// What the sheet says of one layer of `network`, found by whatever the sheet's rows have.
  func layer(ofLayer layer: Int, in network: Network) throws -> SheetLayer? {
    switch identity {
    case .shapes: try self.layer(of: network.layers[layer])
    case .names: try self.layer(named: network.layers[layer].name, at: layer)
    case .positions: self.layer(at: layer)
    }
  }

  func layer(at position: Int) -> SheetLayer? { byPosition[position] }

  /// Throws when the sheet puts the layer at another position of its network.
  func layer(named name: String, at position: Int) throws -> SheetLayer? {
    if let stated = positions[name], stated.layer != position {
      throw Diagnostics([
        Diagnostic(
          "layer \"\(name)\" is number \(stated.layer) in the table and number \(position) in the network",
          at: stated.place,
          hint: stated.layer == position + 1 ? "If the table counts from 1, give --first-layer 1." : nil)
      ])
    }
    return byName[name]
  }

  /// The layers of this shape: the one of this name, or any when they all agree.
  ///
  /// Throws when layers of the shape cost differently and none has the name.
  func layer(of layer: Layer) throws -> SheetLayer? {
    guard let candidates = byShape[LayerShape(layer)] else { return nil }
    if let namesake = candidates[layer.name] { return namesake }
    let others = candidates.sorted { ($0.key ?? "") < ($1.key ?? "") }
    guard let first = others.first?.value else { return nil }
    guard others.allSatisfy({ $0.value == first }) else {
      let names = others.map { $0.key.map { "\"\($0)\"" } ?? "one without a name" }.joined(separator: ", ")
      throw Diagnostics([
        Diagnostic(
          "layers of one shape cost differently in the table (\(names)), and none is called "
            + "\"\(layer.name)\"; its shape is \(LayerShape(layer))", at: .init(file: file),
          hint: "Name the network's layers as the table does, or give --match order.")
      ])
    }
    return first
  }
}
