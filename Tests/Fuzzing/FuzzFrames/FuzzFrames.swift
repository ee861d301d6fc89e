import CFuzzer
import Foundation
import FuzzProperties

/// libFuzzer on the frames that travel between the program and its sandbox; `make fuzz` runs it.
@main
struct FuzzFrames {
  static func main() {
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
    exit(
      LLVMFuzzerRunDriver(&count, &arguments) { bytes, count in
        // libFuzzer gives `count` readable bytes, and keeps them until this returns.
        if let problem = FuzzedFrame.problem(with: Array(UnsafeBufferPointer(start: bytes, count: count))) {
          fatalError(problem)
        }
        return 0
      })
  }
}
