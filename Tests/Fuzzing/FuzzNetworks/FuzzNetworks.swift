import CFuzzer
import Foundation
import FuzzProperties

/// libFuzzer on the reader of ONNX files; `make fuzz` runs it.
@main
struct FuzzNetworks {
  static func main() {
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
    exit(
      LLVMFuzzerRunDriver(&count, &arguments) { bytes, count in
        // libFuzzer gives `count` readable bytes, and keeps them until this returns.
        if let problem = FuzzedNetwork.problem(with: Data(UnsafeBufferPointer(start: bytes, count: count))) {
          fatalError(problem)
        }
        return 0
      })
  }
}
