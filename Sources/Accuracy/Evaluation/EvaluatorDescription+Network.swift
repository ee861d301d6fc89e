public import Core
public import Diagnostics

extension EvaluatorDescription {
  /// Checks that the evaluator's layers are those of `network`, in one order.
  ///
  /// Equal names settle it. Other names, as when a framework calls layers by its modules and a file by its nodes, are
  /// accepted when the evaluator reports the shapes of its weights and every one is that of the layer in the same place.
  ///
  /// - Throws: a `Diagnostic` that names the first difference.
  public func requireLayers(of network: Network) throws(Diagnostic) {
    let names = network.layers.map(\.name)
    if layers == names { return }
    guard layers.count == names.count else {
      throw Diagnostic(
        "the evaluator's network \"\(self.network)\" has \(layers.count) layers, \"\(network.name)\" has \(names.count); "
          + "both must be the same network",
        hint: Self.firstOnly(in: names, not: layers).map { "The evaluator has no layer \"\($0)\"." })
    }
    guard let weightShapes, weightShapes.count == layers.count else {
      let (theirs, ours) = zip(layers, names).first { $0 != $1 }!
      throw Diagnostic(
        "the evaluator calls a layer \"\(theirs)\" where \"\(network.name)\" has \"\(ours)\"",
        hint:
          "Use the network's names, or describe weight_shapes, so that layers can be matched by their shapes."
      )
    }
    for (index, layer) in network.layers.enumerated() where weightShapes[index] != layer.weightShape {
      throw Diagnostic(
        "the evaluator's layer \"\(layers[index])\" has weights of shape \(weightShapes[index]) where \"\(network.name)\" has "
          + "\"\(layer.name)\" with \(layer.weightShape); both must be the same network, layers in one order"
      )
    }
  }

  private static func firstOnly(in names: [String], not others: [String]) -> String? {
    names.first { !others.contains($0) }
  }
}
