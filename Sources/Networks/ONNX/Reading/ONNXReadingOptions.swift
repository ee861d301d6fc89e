import Networks

/// What the caller decides about a file.
struct ONNXReadingOptions {
  /// Bytes of the file, and of all numbers that are made of it.
  var sizeLimit: Int
  /// Where other files are that tensors may refer to; nil refuses them.
  var folder: String?
  /// The height and width of the input, instead of those in the file.
  var inputSize: InputSize?
}
