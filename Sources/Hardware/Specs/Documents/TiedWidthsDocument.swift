public import Core
public import Diagnostics
public import Foundation

/// Groups of layers that must share an activation width; the format is `docs/budgets.md`.
public struct TiedWidthsDocument: Sendable {
  public var groups: [Group]

  /// Layers that share the width of their activations.
  public struct Group: Sendable {
    public var layers: [Entry]
    /// The place of the group.
    public var place: Diagnostic.Place
  }

  /// The name of a layer.
  public struct Entry: Sendable {
    public var name: String
    public var place: Diagnostic.Place
  }

  /// What such files state as their schema.
  public static var schema: String { SchemaVersion.tiedWidths.text }

  /// Reads and checks a file, named `file` in messages; throws `Diagnostics` with every problem.
  ///
  /// An empty list of groups ties no layers.
  public static func read(
    _ bytes: Data, file: String
  ) throws -> (document: TiedWidthsDocument, warnings: [Diagnostic]) {
    let value = try PositionedValue.read(bytes, file: file)
    let read = try SchemaVersion.tiedWidths.read(value, as: "the tied widths") {
      reader -> TiedWidthsDocument? in
      reader.required("groups", .list(of: group, count: 0...NetworkDocument.largestLayerCount))
        .map(TiedWidthsDocument.init)
    }
    return (read.value, read.warnings)
  }

  /// The positions of each group's layers in `network`.
  ///
  /// Throws `Diagnostics` that name every layer which the network does not have, or which appears twice.
  public func positions(in network: Network) throws -> [[Int]] {
    let names = network.layers.map(\.name)
    let position = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
    var problems: [Diagnostic] = []
    var first: [String: Diagnostic.Place] = [:]
    for entry in groups.flatMap(\.layers) {
      if position[entry.name] == nil {
        problems.append(
          Diagnostic(
            "network \"\(network.name)\" has no layer \"\(entry.name)\"", at: entry.place,
            hint: Suggestion.sentence(for: entry.name, among: names)))
      } else if let earlier = first.updateValue(entry.place, forKey: entry.name) {
        problems.append(
          Diagnostic(
            "layer \"\(entry.name)\" appears twice; it first appears at \(earlier)", at: entry.place,
            hint: "A layer is in one group; make two groups that share a layer into one."))
      }
    }
    guard problems.isEmpty else { throw Diagnostics(problems) }
    return groups.map { $0.layers.map { position[$0.name]! } }
  }

  private static let group = Form<Group>.object { reader in
    let layers = reader.required("layers", .list(of: entry, count: 2...NetworkDocument.largestLayerCount))
    // Written by `haq network show`, for people.
    _ = reader.optional("reasons", .list(of: .text))
    return layers.map { Group(layers: $0, place: reader.place) }
  }

  private static let entry = Form<String>.text.then { name, value, _, _ -> Entry? in
    Entry(name: name, place: value.place)
  }
}
