import Core
import Rendering

extension PolicyDescriptionDocument {
  /// The table for a terminal.
  public var text: String {
    let widest = BitBar.total(of: layers.flatMap { [$0.weightBits, $0.activationBits] })
    var table = TextTable([.init("layer"), .init("weights"), .init("activations")])
    for layer in layers {
      func bar(_ width: BitWidth) -> String { BitBar.cell(width, of: widest) }
      table.add([layer.name, bar(layer.weightBits), bar(layer.activationBits)])
    }
    let target = target.map { " for \($0)" } ?? ""
    var lines = "\(network)\(target), \(Quantity.counted(layers.count, "layer"))\n\n\(table.text)"
    lines +=
      memory.map { "Memory, batch 1: \($0.text)\n" }
      ?? "Memory: not known without the network; name its file with --network.\n"
    if let quantization { lines += "Quantized with \(quantization)\n" }
    if let latency = cost[.latency] {
      lines += "Latency when it was written: \(Quantity.seconds(latency))\n"
    }
    if let top1 {
      let split = split.map { " on the \($0) split" } ?? ""
      lines += "Accuracy when it was written: \(Quantity.accuracy(top1))\(split)\n"
    }
    return lines
  }
}
