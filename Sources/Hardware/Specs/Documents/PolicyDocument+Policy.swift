public import Core
import Diagnostics

extension PolicyDocument {
  /// The policy in the layer order of `network`.
  ///
  /// Throws `Diagnostics` when the document is for other shapes: a missing, unknown or repeated layer, another
  /// order, or another fingerprint. `file` names the document in messages without a place.
  public func policy(for network: Network, file: String) throws -> Policy {
    let names = network.layers.map(\.name)
    var problems: [Diagnostic] = []
    var places: [String: Diagnostic.Place] = [:]
    let document = Diagnostic.Place(file: file)
    for entry in layers {
      let place = entry.place ?? document
      if !names.contains(entry.name) {
        problems.append(
          Diagnostic(
            "network \"\(network.name)\" has no layer \"\(entry.name)\"", at: place,
            hint: Suggestion.sentence(for: entry.name, among: names)))
      } else if let first = places.updateValue(place, forKey: entry.name) {
        problems.append(
          Diagnostic("layer \"\(entry.name)\" appears twice; it first appears at \(first)", at: place))
      }
    }
    for name in names where places[name] == nil {
      problems.append(
        Diagnostic("the policy lacks layer \"\(name)\" of network \"\(network.name)\"", at: document))
    }
    if problems.isEmpty, let (entry, name) = zip(layers, names).first(where: { $0.name != $1 }) {
      problems.append(
        Diagnostic(
          "layer \"\(entry.name)\" is listed where network \"\(network.name)\" has \"\(name)\"",
          at: entry.place ?? document, hint: "List the layers in the network's order."))
    }
    if problems.isEmpty, let sha256 = self.network.sha256, sha256 != network.shapeSHA256 {
      problems.append(
        Diagnostic(
          "the policy was made for other layer shapes: its network has fingerprint \(sha256), \""
            + "\(network.name)\" has \(network.shapeSHA256)", at: document,
          hint: "Remove \"sha256\" to use it nevertheless."))
    }
    guard problems.isEmpty else { throw Diagnostics(problems) }
    return Policy(layers.map(\.precision))
  }
}
