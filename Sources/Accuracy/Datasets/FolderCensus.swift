import Foundation

/// What a walk through a data set's folder used and left out, by kind.
package struct FolderCensus: Hashable, Sendable {
  /// Images by the suffix of their names, such as `.jpg`.
  package var used: [String: Int] = [:]
  /// The same of files that are no images, of hidden names, and of files outside class folders.
  package var leftOut: [String: Int] = [:]
  /// Images that cannot be decoded, each with the reason.
  package var unreadable: [DatasetError] = []

  /// Names of unreadable images that are spelled out.
  private static let mostNames = 20

  mutating func leaveOut(_ entry: FolderEntry) {
    leftOut[entry.isHidden ? "hidden" : Self.kind(of: entry.name), default: 0] += 1
  }

  mutating func use(_ path: String) { used[Self.kind(of: path), default: 0] += 1 }

  private static func kind(of name: String) -> String {
    let suffix = URL(filePath: name).pathExtension.lowercased()
    return suffix.isEmpty ? "without a suffix" : ".\(suffix)"
  }

  /// A sentence for the person who measures: `photos: 120 images (118 .jpg, 2 .png); left out: 3 .gif`.
  package func text(of folder: String) -> String {
    let count = used.values.reduce(0, +)
    var text = "\(folder): \(count) \(count == 1 ? "image" : "images") (\(Self.listed(used)))"
    if !leftOut.isEmpty { text += "; left out: \(Self.listed(leftOut))" }
    if !unreadable.isEmpty {
      let names = unreadable.prefix(Self.mostNames).map { "\($0)" }.joined(separator: "; ")
      let more = unreadable.count > Self.mostNames ? "; and \(unreadable.count - Self.mostNames) more" : ""
      text += "; left out as unreadable: \(unreadable.count) (\(names)\(more))"
    }
    return text
  }

  private static func listed(_ counts: [String: Int]) -> String {
    counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }
      .joined(separator: ", ")
  }
}
