import CFuzzer
import Foundation
import FuzzProperties

/// libFuzzer on the reader of specs; `make fuzz` runs it.
@main
struct FuzzSpecs {
  static func main() {
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
    exit(
      LLVMFuzzerRunDriver(&count, &arguments) { bytes, count in
        // libFuzzer gives `count` readable bytes, and keeps them until this returns.
        if let problem = FuzzedSpec.problem(with: Data(UnsafeBufferPointer(start: bytes, count: count))) {
          fatalError(problem)
        }
        return 0
      })
  }
}
