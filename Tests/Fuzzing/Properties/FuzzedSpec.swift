import Diagnostics
package import Foundation
import Specs

/// What must hold when the bytes of a spec are anything at all.
package enum FuzzedSpec {
  /// Reads `bytes` as a spec; returns what is wrong with the reader, nil when nothing is.
  ///
  /// The reader must end with a spec or with `Diagnostics` that have places, and what it takes for JSON must mean what
  /// Foundation's own parser says it means: positions come from a YAML reader, whose meanings could differ.
  package static func problem(with bytes: Data) -> String? {
    do {
      _ = try TargetSpec.read(bytes, file: "fuzzed.json")
    } catch let error as Diagnostics {
      if error.all.isEmpty { return "refused without a reason" }
      if let place = error.all.first(where: { $0.place == nil }) { return "no place: \(place)" }
    } catch {
      return "an error that is no diagnostic: \(error)"
    }
    guard let value = try? PositionedValue.read(bytes, file: "fuzzed.json") else { return nil }
    guard let object = try? JSONSerialization.jsonObject(with: bytes, options: .fragmentsAllowed) else {
      return "taken for JSON, which it is not"
    }
    return isSame(value, object) ? nil : "means something else than JSON: \(value.content)"
  }

  private static func isSame(_ value: PositionedValue, _ object: Any) -> Bool {
    switch value.content {
    case .object(let members):
      guard let other = object as? [String: Any], other.count == members.count else { return false }
      return members.allSatisfy { member in other[member.key].map { isSame(member.value, $0) } ?? false }
    case .list(let items):
      guard let other = object as? [Any], other.count == items.count else { return false }
      return zip(items, other).allSatisfy(isSame)
    case .text(let text): return (object as? String).map { Array($0.utf8) == Array(text.utf8) } ?? false
    case .number(let number):
      // Foundation makes a number of many digits through a decimal one, ten times and ten times again, and is off by more
      // with every digit.
      guard let other = (object as? NSNumber)?.doubleValue else { return false }
      return abs(other - number) <= 64 * max(other.ulp, number.ulp)
    case .boolean(let flag): return object as? Bool == flag
    case .null: return object is NSNull
    }
  }
}
