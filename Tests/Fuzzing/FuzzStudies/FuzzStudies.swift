import CFuzzer
import Foundation
import FuzzProperties

/// libFuzzer on study files, whose bytes and values it changes; `make fuzz` runs it.
@main
struct FuzzStudies {
  // One thread asks, one input at a time.
  private static let study = try? FuzzedStudy()

  static func main() {
    guard study != nil else { fatalError("the study to change cannot be made") }
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
    exit(
      LLVMFuzzerRunDriver(&count, &arguments) { bytes, count in
        // libFuzzer gives `count` readable bytes, and keeps them until this returns.
        let input = Array(UnsafeBufferPointer(start: bytes, count: count))
        if let problem = FuzzStudies.study?.problem(with: input) { fatalError(problem) }
        return 0
      })
  }
}
