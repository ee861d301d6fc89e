package import Arrays
import Glibc

extension NumPyArray {
  /// The array in a .npy file. Throws `DatasetError` when it cannot be read, or is not a whole array of numbers in C order.
  package init(file path: String) throws(DatasetError) {
    guard let file = fopen(path, "rb") else { throw .unreadable(path: path) }
    defer { fclose(file) }
    var status = stat()
    guard fstat(fileno(file), &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw .unreadable(path: path)
    }
    do {
      try self.init(ofBytes: status.st_size, memoryLimit: .max) { fread($0.baseAddress, 1, $0.count, file) }
    } catch {
      throw .malformed(path: path, reason: error.sentence)
    }
  }
}

extension NumPyError {
  /// The reason, and what to do about it.
  var sentence: String { reason + (hint.map { ". \($0)" } ?? "") }
}
