import Arrays

extension NumPyArray {
  /// Throws `DatasetError` when the bytes, named `path` in messages, are not a whole array of numbers in C order.
  init(_ bytes: [UInt8], path: String) throws(DatasetError) {
    do {
      try self.init(bytes)
    } catch {
      throw .malformed(path: path, reason: error.reason + (error.hint.map { ". \($0)" } ?? ""))
    }
  }
}
