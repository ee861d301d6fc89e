public import Foundation
internal import Synchronization

/// The keys of formats in documents: a key `weight_bits` holds numbers of bits, and a key `weight_format` in its place the
/// name of a format that bits do not tell; `weight_formats` a list of names.
public enum FormatKeys {
  /// The bytes of `value`, in which keys say what they hold.
  public static func encode(_ value: some Encodable, with encoder: JSONEncoder) throws -> Data {
    let places = Places()
    encoder.userInfo[Places.key] = places
    let bytes = try encoder.encode(value)
    // Almost always, and then nothing else is done.
    guard places.hasNames else { return bytes }
    encoder.keyEncodingStrategy = .custom(places.key)
    return try encoder.encode(value)
  }

  /// A decoder of such bytes.
  public static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .custom { path in
      guard let key = path.last else { return Name(stringValue: "") }
      for ending in ["_format", "_formats"] where key.stringValue.hasSuffix(ending) {
        return Name(stringValue: key.stringValue.dropLast(ending.count) + "_bits")
      }
      return key
    }
    return decoder
  }

  /// Where names of formats are in a value that is encoded.
  final class Places: Sendable {
    // What the literal is cannot be refused.
    static let key = CodingUserInfoKey(rawValue: "haq.formats")!

    /// Of the keys that hold names, or lists that have one.
    private let state = Mutex<(keys: Set<[String]>, lists: Set<[String]>)>(([], []))

    var hasNames: Bool { state.withLock { !$0.keys.isEmpty || !$0.lists.isEmpty } }

    func note(_ path: [any CodingKey]) {
      guard let last = path.last else { return }
      let names = path.map(\.stringValue)
      state.withLock { state in
        if last.intValue == nil {
          _ = state.keys.insert(names)
        } else {
          _ = state.lists.insert(names.dropLast())
        }
      }
    }

    /// Whether an entry of a list of names is at `path`.
    func isOfNames(_ path: [any CodingKey]) -> Bool {
      let names = path.dropLast().map(\.stringValue)
      return path.last?.intValue != nil && state.withLock { $0.lists.contains(names) }
    }

    /// The key as it is written.
    func key(_ path: [any CodingKey]) -> any CodingKey {
      guard let key = path.last else { return Name(stringValue: "") }
      let names = path.map(\.stringValue)
      let ending = state.withLock {
        $0.keys.contains(names) ? "_format" : $0.lists.contains(names) ? "_formats" : nil
      }
      guard let ending, key.stringValue.hasSuffix("_bits") else { return key }
      return Name(stringValue: key.stringValue.dropLast("_bits".count) + ending)
    }
  }

  private struct Name: CodingKey {
    let stringValue: String
    let intValue: Int? = nil

    init(stringValue: some StringProtocol) { self.stringValue = String(stringValue) }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
