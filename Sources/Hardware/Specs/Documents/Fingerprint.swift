public import Core
import Foundation
import Hashing

extension Network {
  /// SHA-256 of the layer shapes, lower-case hex; `docs/network.md` section 3 defines the text that is hashed.
  public var shapeSHA256: String {
    let lines = layers.map { layer in
      var fields = [
        layer.name, layer.kind.rawValue, "\(layer.groups)", "\(layer.inputChannels)",
        "\(layer.outputChannels)",
        "\(layer.input)", "\(layer.output)", "\(layer.kernel)", "\(layer.stride)",
      ]
      if layer.dilation != .one { fields.append("dilation \(layer.dilation)") }
      if layer.padding != layer.impliedPadding { fields.append("padding \(layer.padding)") }
      return fields.joined(separator: "\t") + "\n"
    }
    return Data(lines.joined().utf8).sha256
  }
}

extension CostTable {
  /// SHA-256 of every cost that the target states, lower-case hex; tables that differ in a bit of a number differ in this.
  public var costsSHA256: String {
    var text = ""
    for metric in metricsOfTarget.sorted(by: { $0.rawValue < $1.rawValue }) {
      text += "\(metric.rawValue)\t\(aggregates[metric]!.rawValue)\n"
      for layer in network.layers.indices {
        for weight in weightWidths {
          for activation in activationWidths {
            let precision = Precision(weight: weight, activation: activation)
            for output in outputWidths(ofLayer: layer) {
              let cost = cost(metric, layer: layer, at: precision, output: output)
              text += cost.map { String($0.bitPattern, radix: 16) } ?? "-"
              text += "\t"
            }
          }
        }
      }
    }
    return Data(text.utf8).sha256
  }
}
