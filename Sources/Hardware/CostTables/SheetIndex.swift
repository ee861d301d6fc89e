import Core
import Diagnostics

/// Finds what a sheet says of a layer.
struct SheetIndex: Sendable {
  private let file: String
  private let identity: CostSheet.Identity
  private var byPosition: [Int: SheetGrid] = [:]
  private var byName: [String: SheetGrid] = [:]
  private var positions: [String: (layer: Int, place: Diagnostic.Place)] = [:]
  private var byShape: [LayerShape: [String?: SheetGrid]] = [:]

  init(_ sheet: CostSheet) {
    file = sheet.file
    identity = sheet.identity
    for row in sheet.rows {
      if let layer = row.layer { byPosition[layer, default: SheetGrid()].add(row) }
      if let name = row.name {
        byName[name, default: SheetGrid()].add(row)
        if let layer = row.layer { positions[name] = (layer, row.place) }
      }
      if let shape = row.shape { byShape[shape, default: [:]][row.name, default: SheetGrid()].add(row) }
    }
  }

  /// What the sheet says of one layer of `network`, found by whatever the sheet's rows have.
  func grid(ofLayer layer: Int, in network: Network) throws -> SheetGrid? {
    switch identity {
    case .shapes: try grid(of: network.layers[layer])
    case .names: try grid(named: network.layers[layer].name, at: layer)
    case .positions: grid(at: layer)
    }
  }

  func grid(at position: Int) -> SheetGrid? { byPosition[position] }

  /// Throws when the sheet puts the layer at another position of its network.
  func grid(named name: String, at position: Int) throws -> SheetGrid? {
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
  func grid(of layer: Layer) throws -> SheetGrid? {
    guard let candidates = byShape[LayerShape(layer)] else { return nil }
    if let grid = candidates[layer.name] { return grid }
    let grids = candidates.sorted { ($0.key ?? "") < ($1.key ?? "") }
    guard let first = grids.first?.value else { return nil }
    guard grids.allSatisfy({ $0.value.cells == first.cells }) else {
      let names = grids.map { $0.key.map { "\"\($0)\"" } ?? "one without a name" }.joined(separator: ", ")
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
