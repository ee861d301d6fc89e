import Core
import Diagnostics
import Foundation

extension SearchPath {
  /// The script that runs a program on a Ray cluster: beside what is installed, or in the checkout that this program was
  /// built in. Throws a `Diagnostic` where it is in neither.
  ///
  /// - Parameter program: The absolute path of the running program.
  public static func rayWorker(program: String) throws -> String {
    let name = "ray_worker.py"
    let inCheckout = checkout(of: program).map { "\($0)/Sources/Programs/ray-worker/\(name)" }
    let places = ["\(Installation(program: program).data("ray"))/\(name)"] + [inCheckout].compactMap(\.self)
    guard let found = places.first(where: FileManager.default.isReadableFile(atPath:)) else {
      throw Diagnostic(
        "\(name) is in none of its places: \(places.joined(separator: ", ")).",
        hint: "It comes with haq; install haq again.")
    }
    return found
  }
}
