import CFuzzer
import Foundation
import FuzzProperties

/// libFuzzer on the readers of .npy and .npz files; `make fuzz` runs it.
@main
struct FuzzArrays {
  // One thread asks, one input at a time.
  private static let arrays = try? FuzzedArrays()

  static func main() {
    guard arrays != nil else { fatalError("there is no folder for inputs") }
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
    exit(
      LLVMFuzzerRunDriver(&count, &arguments) { bytes, count in
        // libFuzzer gives `count` readable bytes, and keeps them until this returns.
        if let problem = FuzzArrays.arrays?.problem(
          with: Array(UnsafeBufferPointer(start: bytes, count: count)))
        {
          fatalError(problem)
        }
        return 0
      })
  }
}
