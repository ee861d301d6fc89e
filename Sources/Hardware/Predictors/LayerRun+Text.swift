import Core

/// A run on one line of a predictor's file, in the words of tables: `docs/predictor.md`.
extension LayerRun {
  package static let columns =
    "kind,groups,in_channels,out_channels,input,output,kernel,stride,dilation,batch"

  var text: String {
    "\(layer.kind.rawValue),\(layer.groups),\(layer.inputChannels),\(layer.outputChannels),\(layer.input),"
      + "\(layer.output),\(layer.kernel),\(layer.stride),\(layer.dilation),\(batch)"
  }

  /// Reads `text`; nil for another form, and for sizes that no layer has.
  init?(_ text: some StringProtocol) {
    let cells = text.split(separator: ",", omittingEmptySubsequences: false)
    let largest = 1 << 31
    func size(_ cell: some StringProtocol) -> Int? {
      Int(cell).flatMap { (1...largest).contains($0) ? $0 : nil }
    }
    func extent(_ cell: some StringProtocol) -> Extent? {
      let sides = cell.split(separator: "x", omittingEmptySubsequences: false).map { size($0) }
      guard sides.count == 2, let height = sides[0], let width = sides[1] else { return nil }
      return Extent(height: height, width: width)
    }
    guard cells.count == 10, let kind = Layer.Kind(rawValue: String(cells[0])), let groups = size(cells[1]),
      let inputs = size(cells[2]), let outputs = size(cells[3]), inputs.isMultiple(of: groups),
      outputs.isMultiple(of: groups), let input = extent(cells[4]), let output = extent(cells[5]),
      let kernel = extent(cells[6]), let stride = extent(cells[7]), let dilation = extent(cells[8]),
      let batch = size(cells[9])
    else { return nil }
    let layer = Layer(
      name: "", kind: kind, groups: groups, inputChannels: inputs, outputChannels: outputs, input: input,
      output: output, kernel: kernel, stride: stride, dilation: dilation, padding: Layer.Padding.none)
    self.init(measured: layer, batch: batch)
  }

  /// A run that was written as cost models see it.
  private init(measured layer: Layer, batch: Int) {
    self.layer = layer
    self.batch = batch
  }
}
