import Foundation
import Tensors
import Testing

@Suite struct BLASTests {
  @Test("matrix products run on OpenBLAS, not on the slow reference implementation")
  func openBLAS() throws {
    _ = try Tensor(numbers(4), shape: [2, 2])
      .multiplied(by: Tensor(numbers(4), shape: [2, 2]), bias: Tensor([0, 0], shape: [2]))
    // Files of /proc have no size, so they are read to their end.
    let file = try FileHandle(forReadingFrom: URL(filePath: "/proc/self/maps"))
    let maps = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
    #expect(!maps.isEmpty)
    let libraries = Set(maps.split(separator: "\n").compactMap(Self.file))
    let advice: Comment = """
      install libopenblas0-openmp; if it is installed, `update-alternatives --config \
      libblas.so.3-$(uname -m)-linux-gnu` chooses it
      """
    #expect(libraries.contains { $0.contains("openblas") }, advice)
    let reference = libraries.filter { $0.contains("/libblas.so") && !$0.contains("openblas") }
    #expect(reference.isEmpty, advice)
  }

  /// The file of a line of the memory map, if it maps one.
  private static func file(_ line: Substring) -> String? {
    line.firstIndex(of: "/").map { String(line[$0...]) }
  }
}
