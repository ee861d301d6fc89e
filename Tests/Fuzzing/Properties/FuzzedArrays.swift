import Arrays
import DataRequests
import Datasets
import Foundation

/// What must hold when a .npy or .npz file is any bytes at all.
package final class FuzzedArrays: Sendable {
  private let folder: URL

  package init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "haq-fuzz-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Reads `bytes` as an array and as an archive of arrays; returns what is wrong, nil when nothing is.
  ///
  /// Bytes are refused by an error that names the file. A file gives the array that its bytes in memory give, and an array
  /// has as many elements as its shape says.
  package func problem(with bytes: [UInt8]) -> String? {
    let path = folder.appending(path: "fuzzed").path
    do {
      try Data(bytes).write(to: URL(filePath: path))
      if let problem = arrayProblem(with: bytes, path) { return problem }
      return try archiveProblem(path)
    } catch {
      return "the input cannot be written: \(error)"
    }
  }

  private func arrayProblem(with bytes: [UInt8], _ path: String) -> String? {
    let inMemory = try? NumPyArray(bytes)
    do throws(DatasetError) {
      let array = try NumPyArray(file: path)
      guard let inMemory, inMemory.shape == array.shape, inMemory.elements.bits == array.elements.bits else {
        return "a file and its bytes that differ"
      }
      return Self.problem(of: array)
    } catch {
      if inMemory != nil { return "a file that is refused while its bytes are not: \(error)" }
      return error.description.contains(path) ? nil : "an error that does not name the file: \(error)"
    }
  }

  private func archiveProblem(_ path: String) throws -> String? {
    let archive: NumPyArchive
    do throws(DatasetError) { archive = try NumPyArchive(path: path) } catch {
      return error.description.contains(path) ? nil : "an error that does not name the file: \(error)"
    }
    var arrays: [NumPyArray] = []
    for name in archive.names {
      do throws(DatasetError) {
        let array = try archive.array(name)
        if let problem = Self.problem(of: array) { return problem }
        arrays.append(array)
      } catch {
        guard error.description.contains(path) else {
          return "an error that does not name the file: \(error)"
        }
      }
    }
    guard arrays.count >= 2 else { return nil }
    _ = try? LabelledImages(
      images: arrays[0], labels: arrays[1], layout: .automatic, classes: nil, name: path)
    return nil
  }

  private static func problem(of array: NumPyArray) -> String? {
    array.elements.bits.count == array.shape.reduce(1, *) ? nil : "\(array.shape) with other elements"
  }
}

extension NumPyArray.Elements {
  /// In a form that compares numbers that are none, too.
  fileprivate var bits: [UInt64] {
    switch self {
    case .bytes(let bytes): bytes.map { UInt64($0) }
    case .integers(let integers): integers.map { UInt64(bitPattern: $0) }
    case .naturals(let naturals): naturals
    case .floats(let floats): floats.map { UInt64($0.bitPattern) }
    case .doubles(let doubles): doubles.map(\.bitPattern)
    }
  }
}
