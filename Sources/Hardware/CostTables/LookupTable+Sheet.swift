public import Core
import Diagnostics

extension LookupTable {
  /// What a file says of the layers of `network`; the file may lack layers, but none may be foreign to the network.
  ///
  /// Layers are recognised by shape if the file has shapes, else by name, else by number; never by the file's name.
  /// Throws `Diagnostics` that name every layer which does not belong to the network, and a batch that differs.
  public init(_ sheet: CostSheet, of network: Network, clockHertz: Double? = nil) throws {
    var problems: [Diagnostic] = []
    if let batch = sheet.batch, batch != network.batch {
      problems.append(
        Diagnostic(
          "the table's costs are for batch \(batch), the network is at batch \(network.batch)",
          at: .init(file: sheet.file), hint: "Use --batch \(batch), or another table."))
    }
    problems += sheet.foreignLayers(to: network)
    if problems.isEmpty { problems += sheet.numbersFromOne }
    guard problems.isEmpty else { throw Diagnostics(problems) }
    let index = SheetIndex(sheet)
    var cells: [Point: [Metric: Double]] = [:]
    var unsupported: Set<Point> = []
    for layer in network.layers.indices {
      guard let stated = try index.layer(ofLayer: layer, in: network) else { continue }
      for (output, grid) in stated.grids {
        for (precision, cell) in grid.cells {
          let point = Point(layer: layer, precision: precision, output: output)
          if let costs = cell.costs { cells[point] = costs } else { unsupported.insert(point) }
        }
      }
    }
    self.init(network: network, cells: cells, clockHertz: clockHertz)
    if !sheet.emptyMeansUnmeasured { self.unsupported = unsupported }
  }

  /// The table of the network that the file itself describes: its own layers, in its own order.
  ///
  /// Nil when the file does not state shapes. The batch is the file's, else `defaultBatch`. Numbers of layers that the
  /// file skips are layers that it lacks, of which nothing else is known.
  public init?(selfDescribed sheet: CostSheet, defaultBatch: Int, clockHertz: Double? = nil) {
    guard sheet.identity == .shapes else { return nil }
    let stated = sheet.statedLayers
    let numbers = Set(stated.compactMap(\.number))
    let layers = stated.enumerated().compactMap { position, layer in
      layer.shape.map { $0.layer(named: layer.name ?? "layer \(layer.number ?? position)") }
    }
    guard Set(layers.map(\.name)).count == layers.count else { return nil }
    var positions: [CostSheet.StatedLayer: Int] = [:]
    for (position, layer) in stated.enumerated() { positions[layer] = position }
    var cells: [Point: [Metric: Double]] = [:]
    var unsupported: Set<Point> = []
    for row in sheet.rows {
      guard let position = positions[CostSheet.StatedLayer(row)] else { continue }
      let point = Point(layer: position, precision: row.precision, output: row.output)
      if let costs = row.costs { cells[point] = costs } else { unsupported.insert(point) }
    }
    // Who reads an output is not known. That some layer does, whose width is then that of the output, is all that
    // costs at stated widths need.
    let outputs = sheet.rows.reduce(into: [Int: Set<BitWidth>]()) { outputs, row in
      guard let position = positions[CostSheet.StatedLayer(row)], let output = row.output else { return }
      outputs[position, default: []].insert(output)
    }
    let readers = layers.indices.map { outputs[$0] == [.float] ? [] : [$0] }
    self.init(
      network: Network(
        name: sheet.file, batch: sheet.batch ?? defaultBatch, layers: layers,
        outputReaders: sheet.statesOutputs ? readers : nil), cells: cells, clockHertz: clockHertz)
    if !sheet.emptyMeansUnmeasured { self.unsupported = unsupported }
    if numbers.count == stated.count, let last = numbers.max() {
      // Some count from 1, which is no gap.
      let first = numbers.contains(0) || sheet.isNumberingStated ? 0 : min(1, numbers.min() ?? 0)
      skippedLayers = (first...last).filter { !numbers.contains($0) }
    }
  }
}

extension CostSheet {
  /// All that the rows of one layer say of it.
  struct StatedLayer: Hashable {
    var number: Int?
    var name: String?
    var shape: LayerShape?

    init(_ row: Row) {
      number = row.layer
      name = row.name
      shape = row.shape
    }
  }

  /// The layers by number, or in the order of their first rows.
  var statedLayers: [StatedLayer] {
    var seen: Set<StatedLayer> = []
    let layers = rows.map(StatedLayer.init).filter { seen.insert($0).inserted }
    return layers.enumerated().sorted { ($0.1.number ?? $0.0, $0.0) < ($1.1.number ?? $1.0, $1.0) }.map(\.1)
  }

  /// One problem for each layer of the sheet that `network` does not have.
  fileprivate func foreignLayers(to network: Network) -> [Diagnostic] {
    var seen: Set<StatedLayer> = []
    let shapes = Set(network.layers.map(LayerShape.init))
    let names = network.layers.map(\.name)
    return rows.compactMap { row in
      guard seen.insert(StatedLayer(row)).inserted else { return nil }
      let title = (row.name ?? row.layer.map(String.init)).map { "layer \"\($0)\" of the table" } ?? "a layer"
      if let shape = row.shape {
        guard !shapes.contains(shape) else { return nil }
        let namesake = network.layers.first { $0.name.visible == row.name?.visible }
        let other = namesake.map { "; its \"\($0.name)\" is \(LayerShape($0))" } ?? ""
        return Diagnostic(
          "\(title) is \(shape), which network \"\(network.name)\" has not\(other)", at: row.place,
          hint: "Is it a table of another network?")
      }
      if let name = row.name {
        guard !names.contains(name) else { return nil }
        return Diagnostic(
          "network \"\(network.name)\" has no layer \"\(name)\"", at: row.place,
          hint: Suggestion.sentence(for: name, among: names)
            ?? "Its layers are \(names.prefix(3).joined(separator: ", ")), ...; --match order takes the table's in their "
            + "order.")
      }
      guard let number = row.layer, !network.layers.indices.contains(number) else { return nil }
      return Diagnostic(
        "the table has a layer number \(number); network \"\(network.name)\" has layers 0 to \(names.count - 1)",
        at: row.place,
        hint: isNumberingStated
          ? "Is it a table of another network?" : "If the table counts from 1, give --first-layer 1.")
    }
  }

  /// A problem with numbers that begin at 1, where the first layer may be 1 as well as not measured.
  fileprivate var numbersFromOne: [Diagnostic] {
    let numbers = rows.compactMap(\.layer)
    guard identity == .positions, !isNumberingStated, numbers.min() == 1, let first = rows.first else {
      return []
    }
    return [
      Diagnostic(
        "the table's layers have the numbers 1 to \(numbers.max() ?? 1), and layers count from 0",
        at: first.place,
        hint:
          "Give --first-layer 1 if the first layer is 1 in the table, or --first-layer 0 if it was not measured."
      )
    ]
  }
}

extension LayerShape {
  /// A layer of this shape.
  public func layer(named name: String) -> Layer {
    Layer(
      name: name, kind: kind, groups: groups, inputChannels: inputChannels, outputChannels: outputChannels,
      input: input, output: output, kernel: kernel, stride: stride, dilation: dilation, padding: padding)
  }
}
