/// The protocol between `haq` and a cost program: one JSON object a line, over standard input and output.
///
/// `docs/cost-programs.md` is normative; these types are its Swift form.
public enum CostProtocol {
  /// Sent by both sides in `describe`; equal majors understand each other.
  public static let version = "haq.costs/1.0"

  /// The most points of one request.
  public static let mostPoints = 1000

  /// The largest number that can be a cost, in SI units.
  public static let largestCost = 1e15

  /// Whether a version is of this protocol and of the same major number.
  public static func isCompatible(with version: String) -> Bool {
    version.wholeMatch(of: /haq\.costs\/1\.\d+/) != nil
  }
}
